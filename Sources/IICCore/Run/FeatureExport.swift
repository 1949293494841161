import Files
public import Foundation
public import Torch

extension Experiment {
  /// Writes the features of every item, `[n, F]` float32, to an npy file: those of the evaluation view, or their mean
  /// where there are several, and of a dense network the mean over places.
  ///
  /// Returns F. A batch of items is in memory at a time.
  @discardableResult
  public func writeFeatures(of network: ClusteringNetwork, to url: URL) throws -> Int {
    try withoutGradients { () throws in
      let count = dataset.count
      var writer = try NPYWriter(at: url, shape: [count, network.featureCount], element: .float32)
      for piece in evaluationPieces(of: Array(0..<count)) {
        let batch = try features(of: network, piece)
        try writer.append(Data(batch.float32Bytes()))
      }
      try writer.finish()
      return network.featureCount
    }
  }

  /// What the heads take of the features of items, `[n, F]` float32 on the CPU; of several evaluation views their mean.
  public func headInputs(of network: ClusteringNetwork, _ items: [Int]) throws -> Tensor {
    try withoutGradients { () throws in
      try Tensor.concatenated(
        evaluationPieces(of: items).map { piece in
          try network.headInputs(features(of: network, piece), configuration.evaluation.statistics.pass).to(.cpu)
        })
    }
  }

  private func features(of network: ClusteringNetwork, _ items: ArraySlice<Int>) throws -> Tensor {
    let isWhole = configuration.evaluation.statistics == .running && !network.isDense
    let samples = try (isWhole ? dataset.batch(at: items) : dataset.samples(at: items))
      .to(configuration.training.device)
    let views = try configuration.modality.evaluationViews(of: samples)
    var sum: Tensor?
    for view in views {
      let found = try network.features(view, configuration.evaluation.statistics.pass)
      let features = network.isDense ? try found.mean([2, 3]) : found  // [n, F]
      sum = if let partial = sum { try partial + features } else { features }
    }
    guard let sum else { throw TorchError(operation: "embed", message: "the modality gave no view") }
    let features = try sum.sliced(0..<items.count)
    return views.count == 1 ? features : try features * (1 / Double(views.count))
  }
}
