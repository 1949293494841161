import Foundation
import IICCore
import Torch

extension ModalityConformance {
  func checkData(_ report: ConformanceReport) throws {
    let dataset = try open().dataset
    let description = dataset.description
    if let items {
      try report.expect(dataset.count == items, "found \(dataset.count) items; expected \(items)")
    }
    try report.expect(dataset.count >= 8, "found \(dataset.count) items; the checks need 8 or more")
    let repeated = Dictionary(grouping: description.ids, by: \.self).first { $0.value.count > 1 }
    try report.expect(repeated == nil, "the id \"\(repeated?.key ?? "")\" is not unique")
    try report.expect(!description.ids.contains(""), "an id is empty")
    try report.expect(
      description.shape.allSatisfy { $0 > 0 }, "found samples of shape \(description.shape); expected no 0")
    try checkLabels(description, report)
    let parts = description.parts.reduce(0) { $0 + $1.count }
    try report.expect(
      description.parts.isEmpty || parts == dataset.count, "the parts hold \(parts) of \(dataset.count) items")
    try report.expect(
      Set(description.parts.map(\.name)).count == description.parts.count, "two parts have one name")
    if let groups = description.groups {
      try report.expect(groups.count == dataset.count, "found \(groups.count) groups for \(dataset.count) items")
      try report.expect(
        groups.allSatisfy(description.groupIDs.indices.contains), "an item's group has no name in groupIDs")
    }
    try checkPartners(dataset, report)
    let order = Array(0..<dataset.count)
    let samples = try dataset.samples(at: order[...])
    try report.expect(
      samples.shape == [dataset.count] + description.shape,
      "found samples of shape \(samples.shape); expected \([dataset.count] + description.shape)")
    try report.expect(try samples.to(.float32).isAllFinite(), "a sample is not finite")
    let last = try dataset.samples(at: [dataset.count - 1])
    let row = try samples.sliced((dataset.count - 1)..<dataset.count)
    try report.expect(try last.isEqual(to: row), "the last sample read alone is not the one read with all")
  }

  private func checkLabels(_ description: DatasetDescription, _ report: ConformanceReport) throws {
    guard let labels = description.labels else {
      return try report.expect(classes == nil, "found no labels; expected \(classes ?? 0) classes")
    }
    try report.expect(
      labels.count == description.ids.count, "found \(labels.count) labels for \(description.ids.count) items")
    guard let classes else { throw report.error("found labels; expected none") }
    let odd = labels.first { $0 < -1 || $0 >= classes }
    try report.expect(odd == nil, "found the label \(odd ?? 0); expected -1 or 0 to \(classes - 1)")
    let found = Set(labels).subtracting([-1]).count
    try report.expect(found == classes, "found \(found) classes; expected \(classes)")
  }

  private func checkPartners(_ dataset: Dataset, _ report: ConformanceReport) throws {
    guard let partners = dataset.partners else { return }
    try report.expect(
      partners.count == dataset.count, "found partners of \(partners.count) of \(dataset.count) items")
    for item in 0..<dataset.count {
      let odd = partners[item].first { !(0..<dataset.count).contains($0) }
      try report.expect(odd == nil, "item \(item) has the partner \(odd ?? 0), which is no item")
    }
  }

  func checkReopening(_ report: ConformanceReport) throws {
    let subject = try open()
    let again = try subject.modality.dataset(cache: SampleCache(folder: subject.folder.appending(path: "cache")))
    try report.expect(
      subject.dataset.description == again.description, "ids, labels or shapes differ the second time")
    let order = Array(0..<subject.dataset.count)
    let samples = try subject.dataset.samples(at: order[...])
    try report.expect(try samples.isEqual(to: again.samples(at: order[...])), "the samples differ the second time")
  }
}
