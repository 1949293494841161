public import Torch

/// Runs a network over a whole dataset.
public struct Evaluator {
  private let network: ClusteringNetwork
  private let modality: any Modality
  private let dataset: Dataset
  private let head: HeadConfiguration
  private let device: Device
  private let random: RandomStream
  private let chunk = 1000

  /// Prepares the evaluation of one head; the pairs that its loss is measured on derive from `seed`.
  public init(
    _ network: ClusteringNetwork, modality: any Modality, dataset: Dataset, head: HeadConfiguration,
    device: Device, seed: Int
  ) {
    self.network = network
    self.modality = modality
    self.dataset = dataset
    self.head = head
    self.device = device
    random = RandomStream(seed: seed).child("evaluation")
  }

  /// The cluster of every item by each sub-head, and each sub-head's loss over all items at once.
  public func assignments() throws -> Assignments {
    try withoutGradients { () throws in
      var clusters = [[Int]](repeating: [], count: head.subheads)
      var joint: Tensor?
      for start in stride(from: 0, to: dataset.count, by: chunk) {
        let indices = Array(start..<min(start + chunk, dataset.count))
        let samples = try dataset.samples(at: indices[...]).to(device)
        let view = try modality.evaluationView(of: samples)
        let found = try output(network.outputs(network.features(view, .evaluation), .evaluation, of: [head.name]))
          .argmax(along: 2).transposed().integers()  // [S, n]
        for subhead in 0..<head.subheads {
          clusters[subhead] += found[(subhead * indices.count)..<((subhead + 1) * indices.count)]
        }
        let pair = try modality.views(of: samples, repeats: 1, random: random.child("views", start))
        let sides = try network.outputs(pair, .evaluation)
        let part = try InformationLoss.joint(base: output(sides.base), transformed: output(sides.transformed))
        joint = if let sum = joint { try sum + part } else { part }
      }
      guard let joint else { throw DataError("the dataset is empty") }
      let losses = try InformationLoss(lambda: head.lambda).loss(of: joint).doubles()
      return Assignments(clusters: clusters, losses: losses, clusterCount: head.clusters)
    }
  }

  private func output(_ outputs: Outputs) throws(TorchError) -> Tensor {
    guard let output = outputs[head.name] else {
      throw TorchError(operation: "evaluate", message: "no head named \(head.name)")
    }
    return output
  }
}

/// What a head says of a dataset.
public struct Assignments: Sendable {
  /// The cluster of each item, by sub-head.
  public let clusters: [[Int]]
  /// The loss of each sub-head over the whole dataset, nats.
  public let losses: [Double]
  /// K, the number of clusters.
  public let clusterCount: Int

  /// The sub-head with the lowest loss: chosen without labels.
  public var bestByLoss: Int { losses.indices.min { losses[$0] < losses[$1] } ?? 0 }
}
