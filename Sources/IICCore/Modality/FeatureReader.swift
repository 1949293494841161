import Torch

/// What a network's encoder makes of items, as they are where it is used: of several evaluation views their mean, and of a
/// dense network the mean over places.
struct FeatureReader {
  let network: ClusteringNetwork
  let modality: any Modality
  let dataset: Dataset
  let device: Device
  let pass: Pass

  /// The features `[n, F]` float32 of the items of a piece.
  func callAsFunction(_ items: ArraySlice<Int>) throws -> Tensor {
    let isWhole = !pass.usesBatchStatistics && !network.isDense
    let samples = try (isWhole ? dataset.batch(at: items) : dataset.samples(at: items)).to(device)
    let views = try modality.evaluationViews(of: samples)
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

  /// What the heads take of the features of the items of all pieces, `[n, F]` float32 on the CPU.
  func headInputs(_ pieces: [ArraySlice<Int>]) throws -> Tensor {
    try withoutGradients { () throws in
      try Tensor.concatenated(pieces.map { try network.headInputs(self($0), pass).to(.cpu) })
    }
  }
}
