import Archive
import Files
import Foundation

/// The tables of items, of their places and of groups.
extension RunFolder {
  /// Writes what a network says of every item.
  func write(_ result: ClusteringResult, of dataset: Dataset) throws {
    switch result {
    case .items(let assignments): try write(assignments, of: dataset)
    case .places(let assignments): try write(assignments, of: dataset)
    }
  }

  /// Writes of every item the number of places that show something, and the share of each cluster in them, as CSV:
  /// `id,places,share_0,share_1,...`.
  func write(_ assignments: PlaceAssignments, of dataset: Dataset) throws {
    let columns = assignments.numbers.map { "share_\($0)" }
    var text = (["id", "places"] + columns).joined(separator: ",") + "\n"
    for (place, item) in assignments.items.enumerated() {
      let counts = assignments.counts(ofItem: place, subhead: assignments.chosen)
      let sum = counts.reduce(0, +)
      let shares = assignments.numbers.map { String(format: "%.6f", Double(counts[$0]) / Double(max(sum, 1))) }
      text += ([CSVField.text(dataset.description.ids[item]), "\(sum)"] + shares).joined(separator: ",") + "\n"
    }
    try write(Data(text.utf8), to: shares)
  }

  /// Writes the cluster of every item as CSV: `id,cluster`, `name` where clusters have names, and `label` where classes are known: the class's name, empty
  /// where it is unknown, or where classes have none its number, -1 where it is unknown. The same of groups.
  public func write(_ assignments: Assignments, of dataset: Dataset) throws {
    let description = dataset.description
    let items = assignments.items
    let clusterNames = assignments.edited?.names ?? [:]
    let table = self.table(
      items.map { description.ids[$0] }, assignments.result, clusterNames,
      labels: dataset.labels.map { labels in items.map { description.className(labels[$0]) } })
    try write(table, to: self.assignments)
    guard let found = assignments.groups, let memberships = description.groups else { return }
    let labels = dataset.labels.map {
      found.classes($0, memberships: memberships, items: items).map(description.className)
    }
    let names = found.groups.map { description.groupIDs[$0] }
    try write(self.table(names, assignments.groupResult(memberships), clusterNames, labels: labels), to: groups)
  }

  private func table(_ ids: [String], _ clusters: [Int], _ names: [Int: String], labels: [String]?) -> Data {
    var text = "id,cluster\(names.isEmpty ? "" : ",name")\(labels == nil ? "" : ",label")\n"
    for (place, (id, cluster)) in zip(ids, clusters).enumerated() {
      text += "\(CSVField.text(id)),\(cluster)"
      if !names.isEmpty { text += ",\(CSVField.text(names[cluster] ?? ""))" }
      if let labels { text += ",\(CSVField.text(labels[place]))" }
      text += "\n"
    }
    return Data(text.utf8)
  }

  /// Writes the classes that a classification objective learns, as CSV: `id,label`.
  func writeLabels(of experiment: Experiment) throws(UserError) {
    guard let table = labelTable(of: experiment) else { return }
    try write(table, to: labels)
  }

  /// Throws if these are not the ones that the run began with.
  func checkLabels(of experiment: Experiment) throws {
    guard let table = labelTable(of: experiment) else { return }
    guard try Data(contentsOf: labels) == table else {
      throw UserError(
        "\(path): the labels are not the run's, which \(labels.lastPathComponent) keeps; it goes on with the same ones only"
      )
    }
  }

  private func labelTable(of experiment: Experiment) -> Data? {
    guard let objective = experiment.configuration.objective as? ClassificationObjective, objective.isFromFile
    else {
      return nil
    }
    let ids = experiment.dataset.description.ids
    let rows = objective.given.map { "\(CSVField.text(ids[$0.item])),\(CSVField.text($0.label))\n" }
    return Data(("id,label\n" + rows.joined()).utf8)
  }

  /// The cluster of each item by its name, as `assignments.csv` has it.
  func readAssignments() throws -> [String: Int] {
    let path = assignments.path(percentEncoded: false)
    var table = try CSVReader(
      [UInt8](Data(contentsOf: assignments)), separator: .comma, header: true, path: path)
    let (id, cluster) = (try table.place(of: "id"), try table.place(of: "cluster"))
    var found: [String: Int] = [:]
    while let row = try table.next() {
      let text = try table.text(cluster, of: row)
      guard let number = Int(text) else {
        throw table.error("found \(text.debugDescription); expected a number", cluster, of: row)
      }
      found[try table.text(id, of: row)] = number
    }
    return found
  }
}
