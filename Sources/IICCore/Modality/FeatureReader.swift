import Torch

/// What a network's encoder makes of items, as they are where it is used: of several evaluation views their mean, and of a
/// dense network the mean over places.
struct FeatureReader {
  let network: ClusteringNetwork
  let modality: any Modality
  let dataset: Dataset
  let device: Device
  let pass: Pass

  /// The views of the items of a piece; where pieces pass as a whole, more of the last item's are behind them.
  private func views(_ items: ArraySlice<Int>) throws -> [View] {
    let isWhole = !pass.usesBatchStatistics && !network.isDense
    let samples = try (isWhole ? dataset.batch(at: items) : dataset.samples(at: items)).to(device)
    return try modality.evaluationViews(of: samples)
  }

  /// The features `[n, F]` float32 of the items of a piece.
  func callAsFunction(_ items: ArraySlice<Int>) throws -> Tensor {
    let views = try views(items)
    var sum: Tensor?
    for view in views {
      let found = try network.features(view, pass)
      let features = network.isDense ? try found.mean([2, 3]) : found  // [n, F]
      sum = if let partial = sum { try partial + features } else { features }
    }
    guard let sum else { throw TorchError(operation: "embed", message: "the modality gave no view") }
    let features = try sum.sliced(0..<items.count)
    return views.count == 1 ? features : try features * (1 / Double(views.count))
  }

  /// The cluster of the items of all pieces by a sub-head.
  func clusters(_ pieces: [ArraySlice<Int>], of head: String, subhead: Int) throws -> [Int] {
    try withoutGradients { () throws in
      try pieces.flatMap { items in
        guard let found = try network.probabilities(views(items), pass, of: [head])[head] else { return [Int]() }
        return try found.sliced(0..<items.count).sliced(subhead..<(subhead + 1), along: 1).argmax(along: 2)
          .integers()
      }
    }
  }

  /// What the heads take of the features of the items of all pieces, `[n, F]` float32 on the CPU.
  func headInputs(_ pieces: [ArraySlice<Int>]) throws -> Tensor {
    try withoutGradients { () throws in
      try Tensor.concatenated(pieces.map { try network.headInputs(self($0), pass).to(.cpu) })
    }
  }
}
