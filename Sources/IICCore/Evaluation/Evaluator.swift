import Files
public import Torch

/// Runs a network over items of a dataset.
public struct Evaluator {
  private let network: ClusteringNetwork
  private let modality: any Modality
  private let dataset: Dataset
  private let items: [Int]
  private let source: PairSource
  private let head: HeadConfiguration
  private let pass: Pass
  private let device: Device
  private let random: RandomStream
  private let pieces: [ArraySlice<Int>]

  /// Prepares the evaluation of one head in `pass`; the pairs that its loss is measured on derive from `seed`.
  ///
  /// - Parameter itemsPerStep: the items in a step of the training. Where batch statistics normalise, about as many are
  ///   evaluated together.
  public init(
    _ network: ClusteringNetwork, modality: any Modality, dataset: Dataset, items: [Int],
    head: HeadConfiguration, pass: Pass = .evaluation, device: Device, seed: Int, itemsPerStep: Int = 1000
  ) {
    self.network = network
    self.modality = modality
    self.dataset = dataset
    self.items = items
    source = PairSource(modality, dataset, device: device)
    self.head = head
    self.pass = pass
    self.device = device
    random = RandomStream(seed: seed).child("evaluation")
    pieces = dataset.description.pieces(of: items, about: !pass.usesBatchStatistics ? nil : itemsPerStep)
  }

  /// The cluster of every item by each sub-head, and each sub-head's loss over all of them at once.
  public func assignments() throws -> Assignments {
    try withoutGradients { () throws in
      var clusters = [[Int]](repeating: [], count: head.subheads)
      var joint: Tensor?
      var groups = GroupProbabilities(dataset.description, head)
      for indices in pieces {
        // Batch statistics are of the items themselves.
        let samples = try (pass.usesBatchStatistics ? dataset.samples(at: indices) : dataset.batch(at: indices))
        let likely = try probabilities(modality.evaluationViews(of: samples.to(device)))  // [n, S, K]
          .sliced(0..<indices.count)
        try groups?.add(likely, of: indices)
        let found = try likely.argmax(along: 2).transposed().integers()  // [S, n]
        for subhead in 0..<head.subheads {
          clusters[subhead] += found[(subhead * indices.count)..<((subhead + 1) * indices.count)]
        }
        let pair = try source.pairs(of: indices, repeats: 1, random: random.child("views", indices.startIndex))
        let sides = try network.outputs(pair, pass, of: [head.name])
        let part = try InformationLoss.joint(
          base: output(sides.base.heads), transformed: output(sides.transformed.heads))
        joint = if let sum = joint { try sum + part } else { part }
      }
      guard let joint else { throw UserError("there are no items to cluster", key: "evaluation") }
      let losses = try InformationLoss(lambda: head.lambda).loss(of: joint).doubles()
      return Assignments(
        items: items, clusters: clusters, losses: losses, clusterCount: head.clusters, groups: groups?.assignments()
      )
    }
  }

  /// The sum over views of the head's probabilities, `[n, S, K]`.
  private func probabilities(_ views: [View]) throws(TorchError) -> Tensor {
    var sum: Tensor?
    for view in views {
      let part = try output(network.outputs(network.features(view, pass), pass, of: [head.name], view: view))
      sum = if let sum { try sum + part } else { part }
    }
    guard let sum else { throw TorchError(operation: "evaluate", message: "the modality gave no view") }
    return sum
  }

  private func output(_ outputs: [String: Tensor]) throws(TorchError) -> Tensor {
    guard let output = outputs[head.name] else {
      throw TorchError(operation: "evaluate", message: "no head named \(head.name)")
    }
    return output
  }
}

/// What a head says of a dataset.
public struct Assignments: Sendable {
  /// The places of the items in the dataset.
  public let items: [Int]
  /// The cluster of each of them, by sub-head.
  public let clusters: [[Int]]
  /// The loss of each sub-head over the items, nats.
  public let losses: [Double]
  /// K, the number of clusters.
  public let clusterCount: Int
  /// The clusters of the groups that the items belong to; nil if they have none.
  public let groups: GroupAssignments?
  /// The classes of the clusters by other items' labels; nil if the manifest asks for none.
  public var mapping: ClusterMapping?

  /// The sub-head that was chosen before these items were looked at; nil if none was.
  public internal(set) var chosenBefore: Int?

  /// The sub-head with the lowest loss: chosen without labels.
  public var bestByLoss: Int { losses.indices.min { losses[$0] < losses[$1] } ?? 0 }

  /// The sub-head whose clusters are the result: the one chosen before, or else the one of lowest loss.
  public var chosen: Int { chosenBefore.flatMap { losses.indices.contains($0) ? $0 : nil } ?? bestByLoss }
}
