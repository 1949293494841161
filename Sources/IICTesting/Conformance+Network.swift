import IICCore
import Torch

extension ModalityConformance {
  func checkEvaluation(_ report: ConformanceReport) throws {
    let subject = try open()
    try checkBatches(subject, report)
    let network = try subject.experiment.makeNetwork(random: RandomStream(seed: 1))
    let expected = subject.experiment.evaluatedItems.count
    guard !network.isDense else { return try checkPlaces(subject, network, report) }
    let assignments = try subject.experiment.assignments(of: network)
    for clusters in assignments.clusters {
      try report.expect(clusters.count == expected, "found clusters of \(clusters.count) of \(expected) items")
      try report.expect(
        clusters.allSatisfy { (0..<assignments.clusterCount).contains($0) }, "an item has a cluster out of range")
    }
    try report.expect(assignments.losses.allSatisfy(\.isFinite), "the loss of an evaluation is not finite")
  }

  /// The clusters of places: as many of an item as its evaluation view shows, or fewer where that shows nothing.
  private func checkPlaces(
    _ subject: ConformanceSubject, _ network: ClusteringNetwork, _ report: ConformanceReport
  ) throws {
    let found = try subject.experiment.placeAssignments(of: network)
    let samples = try subject.dataset.samples(at: [0][...])
    let view = try subject.modality.evaluationViews(of: samples)[0].values.shape
    let places = view.dropFirst(2).reduce(1, *)
    let clusters = found.clusterCount
    try report.expect(
      found.counts.count == found.items.count * found.losses.count * clusters,
      "found clusters of the places of \(found.counts.count) items, sub-heads and clusters; expected "
        + "\(found.items.count) x \(found.losses.count) x \(clusters)")
    for start in stride(from: 0, to: found.counts.count, by: clusters) {
      let shown = found.counts[start..<(start + clusters)].reduce(0, +)
      try report.expect(
        (0...places).contains(Int(shown)), "found \(shown) places of an item; its view has \(places)")
    }
    try report.expect(found.losses.allSatisfy(\.isFinite), "the loss of an evaluation is not finite")
    if let classes = try subject.modality.placeClasses(of: samples) {
      try report.expect(
        classes.shape == [1] + view.dropFirst(2),
        "the classes of places have the shape \(classes.shape); expected \([1] + view.dropFirst(2))")
    }
  }

  /// The features of items evaluated together, in a small last batch, and alone.
  private func checkBatches(_ subject: ConformanceSubject, _ report: ConformanceReport) throws {
    let encoder = try subject.encoder()
    func features(_ items: ArraySlice<Int>) throws -> [[Double]] {
      try withoutGradients { () throws in
        try subject.modality.evaluationViews(of: subject.dataset.samples(at: items)).map { view in
          let features = try encoder.layer(view.values, .evaluation)
          try report.expect(
            encoder.fits(features.shape, items.count),
            "features of \(items.count) items have the shape \(features.shape); expected "
              + encoder.expected(items.count))
          return try features.doubles()
        }
      }
    }
    let items = subject.items()
    let together = try features(items)
    let largest = together.joined().map(abs).max() ?? 0
    // A maximum passes over what is no number.
    try report.expect(together.joined().allSatisfy(\.isFinite), "features are not finite in evaluation")
    for range in [0..<1, 6..<7, 4..<7] {
      for (all, some) in try zip(together, features(items[range])) {
        let width = all.count / 7
        let expected = all[(range.lowerBound * width)..<(range.upperBound * width)]
        let differences = zip(some, expected).map { abs($0 - $1) }
        try report.expect(
          differences.allSatisfy { $0 <= 1e-3 * max(largest, 1e-6) },
          "features of items \(range) differ by up to \(differences.max() ?? 0) from theirs among seven; evaluation must "
            + "not depend on the batch")
      }
    }
  }

  /// Whether heads can tell items apart by the features of the initial network.
  private func checkSpread(
    _ subject: ConformanceSubject, _ report: ConformanceReport, encoder name: String = ""
  ) throws {
    let network = try subject.experiment.makeNetwork(random: RandomStream(seed: 1))
    let spread = try withoutGradients { () throws in
      let features = try network.features(subject.pair().base, .training)
      let inputs = try network.headInputs(features, .training)
      // Each place of a map is told apart.
      let flat = try inputs.reshaped([inputs.shape[0], inputs.shape[1], -1]).permuted([0, 2, 1])
      return try FeatureSpread(flat.reshaped([-1, inputs.shape[1]]))
    }
    let title = name.isEmpty ? "" : "encoder \(name): "
    try report.expect(!spread.isFlat, "\(title)\(spread.message)")
  }

  func checkGradients(_ subject: ConformanceSubject, _ report: ConformanceReport, encoder name: String = "") throws
  {
    let network = try subject.experiment.makeNetwork(random: RandomStream(seed: 1))
    let objective = subject.experiment.configuration.objective
    let outputs = try network.outputs(subject.pair(), .training)
    let value = try objective(outputs, .training)
    try value.total.backward()
    let title = name.isEmpty ? "" : "encoder \(name): "
    try report.expect(try value.total.item().isFinite, "\(title)the loss is not finite")
    for entry in network.state where entry.isParameter {
      guard let gradient = try entry.tensor.gradient else {
        throw report.error("\(title)no gradient reaches \(entry.name)")
      }
      try report.expect(try gradient.isAllFinite(), "\(title)the gradient of \(entry.name) is not finite")
      let size = try (gradient * gradient).sum().item()
      try report.expect(size > 0, "\(title)the gradient of \(entry.name) is 0")
    }
  }

  func checkTraining(_ report: ConformanceReport) throws {
    let subject = try open()
    let network = try subject.experiment.makeNetwork(random: RandomStream(seed: 1))
    let objective = subject.experiment.configuration.objective
    let optimizer = try Optimizer.adam(network.parameters, learningRate: 1e-3)
    let pair = try subject.pair()
    try checkSpread(subject, report)
    var losses: [Double] = []
    for _ in 0..<2 {
      let outputs = try network.outputs(pair, .training)
      let value = try objective(outputs, .training)
      losses.append(try value.total.item())
      try optimizer.zeroGradients()
      try value.total.backward()
      try optimizer.step()
    }
    try report.expect(losses.allSatisfy(\.isFinite), "the loss is not finite: \(losses)")
    try report.expect(losses[0] != losses[1], "a step leaves the loss at \(losses[0])")
  }

  func checkEncoders(_ report: ConformanceReport) throws {
    let names = try describe().encoders
    try report.expect(
      Set(encoderOverrides.keys).isSubset(of: names),
      "encoderOverrides names an encoder that is not listed: \(names)")
    for name in names {
      let key = "\(ModalityDescription.encoderKey)=\(name)"
      do {
        let subject = try open(overrides: [key] + (encoderOverrides[name] ?? []))
        try checkBatches(subject, report)
        try checkGradients(subject, report, encoder: name)
        try checkSpread(subject, report, encoder: name)
      } catch let error as ConformanceError {
        throw error
      } catch {
        throw report.error("encoder \(name): \(error)")
      }
    }
  }
}
