import IICCore
import Torch

extension ModalityConformance {
  func checkViews(_ report: ConformanceReport) throws {
    let subject = try open()
    let pair = try subject.pair(repeats: 2)
    let evaluated = try subject.modality.evaluationViews(of: subject.samples())
    try report.expect(!evaluated.isEmpty, "there is no evaluation view")
    let encoder = try subject.encoder()
    let views =
      [("base", pair.base, 7), ("transformed", pair.transformed, 14)] + evaluated.map { ("evaluation", $0, 7) }
    for (name, view, count) in views {
      try report.expect(
        view.count == count, "the \(name) view of \(count) items has the shape \(view.values.shape)")
      try report.expect(try view.values.to(.float32).isAllFinite(), "the \(name) view is not finite")
      let features = try encoder.layer(view.values, .training)
      try report.expect(
        encoder.fits(features.shape, count),
        "features of the \(name) view have the shape \(features.shape); expected \(encoder.expected(count))")
      try report.expect(try features.to(.float32).isAllFinite(), "features of the \(name) view are not finite")
    }
  }

  func checkDeterminism(_ report: ConformanceReport) throws {
    let subject = try open()
    let (first, second, other) = (try subject.pair(seed: 1), try subject.pair(seed: 1), try subject.pair(seed: 2))
    try report.expect(
      try first.base.values.isEqual(to: second.base.values), "base views differ under the same random stream")
    try report.expect(
      try first.transformed.values.isEqual(to: second.transformed.values),
      "transformed views differ under the same random stream")
    if hasRandomViews {
      try report.expect(
        try !first.transformed.values.isEqual(to: other.transformed.values),
        "transformed views are the same under another random stream")
    }
    let samples = try subject.samples()
    let evaluated = try (0..<2).map { _ in try subject.modality.evaluationViews(of: samples) }
    try report.expect(evaluated[0].count == evaluated[1].count, "the number of evaluation views changes")
    for (one, again) in zip(evaluated[0], evaluated[1]) {
      try report.expect(try one.values.isEqual(to: again.values), "evaluation views differ from call to call")
    }
    let weights = try [1, 1, 2].map { seed in
      try subject.encoder(seed: seed).layer.parameters.map { try $0.doubles() }
    }
    try report.expect(weights[0] == weights[1], "an encoder's weights differ under the same generator")
    try report.expect(weights[0] != weights[2] || weights[0].isEmpty, "an encoder's weights ignore the generator")
  }

  func checkIndependence(_ report: ConformanceReport) throws {
    let subject = try open()
    guard hasRandomViews else { return }
    let item = subject.items(1)
    // Sixteen copies, so that a change which spares some items by chance does not spare them all.
    let samples = try subject.dataset.samples(at: ArraySlice(Array(repeating: item.first ?? 0, count: 16)))
    let transformed = try subject.modality.transformedView(of: samples, random: RandomStream(seed: 1)).values
    let base = try subject.modality.baseView(of: samples, random: RandomStream(seed: 2)).values
    try report.expect(try !base.isEqual(to: transformed), "base and transformed views of an item are the same")
    let first = try transformed.sliced(0..<1)
    let others = try (1..<16).filter { try !transformed.sliced($0..<($0 + 1)).isEqual(to: first) }
    try report.expect(
      !others.isEmpty, "sixteen transformed views of one item in a batch are all the same; each is drawn on its own"
    )
  }
}

extension FeatureEncoder {
  /// Whether features have the shape of those of `count` items; those of a dense network have places behind.
  func fits(_ shape: [Int], _ count: Int) -> Bool {
    isDense ? shape.count > 2 && shape.starts(with: [count, featureCount]) : shape == [count, featureCount]
  }

  /// That shape, for messages.
  func expected(_ count: Int) -> String { "\([count, featureCount])\(isDense ? ", and places behind" : "")" }
}
