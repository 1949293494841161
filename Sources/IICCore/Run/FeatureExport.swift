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
      let reader = features(of: network)
      for piece in evaluationPieces(of: Array(0..<count)) {
        let batch = try reader(piece)
        try writer.append(Data(batch.float32Bytes()))
      }
      try writer.finish()
      return network.featureCount
    }
  }

  /// What the heads take of the features of items, `[n, F]` float32 on the CPU; of several evaluation views their mean.
  public func headInputs(of network: ClusteringNetwork, _ items: [Int]) throws -> Tensor {
    try features(of: network).headInputs(evaluationPieces(of: items))
  }

  private func features(of network: ClusteringNetwork) -> FeatureReader {
    FeatureReader(
      network: network, modality: configuration.modality, dataset: dataset, device: configuration.training.device,
      pass: configuration.evaluation.statistics.pass)
  }
}
