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
  private let auxiliary: (head: String, subhead: Int)?
  private let pass: Pass
  private let device: Device
  private let random: RandomStream
  private let pieces: [ArraySlice<Int>]

  /// Prepares the evaluation of one head in `pass`; the pairs that its loss is measured on derive from `seed`.
  ///
  /// - Parameter auxiliary: a sub-head of another head whose clusters are to be known as well.
  /// - Parameter itemsPerStep: the items in a step of the training. Where batch statistics normalise, about as many are
  ///   evaluated together.
  public init(
    _ network: ClusteringNetwork, modality: any Modality, dataset: Dataset, items: [Int],
    head: HeadConfiguration, auxiliary: (head: String, subhead: Int)? = nil, pass: Pass = .evaluation,
    device: Device, seed: Int, itemsPerStep: Int = 1000
  ) {
    self.network = network
    self.modality = modality
    self.dataset = dataset
    self.items = items
    source = PairSource(modality, dataset, device: device)
    self.head = head
    self.auxiliary = auxiliary
    self.pass = pass
    self.device = device
    random = RandomStream(seed: seed).child("evaluation")
    pieces = dataset.description.pieces(of: items, about: !pass.usesBatchStatistics ? nil : itemsPerStep)
  }

  /// The cluster of every item by each sub-head, and each sub-head's loss over all of them at once.
  public func assignments() throws -> Assignments {
    try withoutGradients { () throws in
      var clusters = [[Int]](repeating: [], count: head.subheads)
      var auxiliaryClusters: [Int] = []
      var joint: Tensor?
      var groups = GroupProbabilities(dataset.description, head)
      for indices in pieces {
        // Batch statistics are of the items themselves.
        let samples = try (pass.usesBatchStatistics ? dataset.samples(at: indices) : dataset.batch(at: indices))
        let views = try modality.evaluationViews(of: samples.to(device))
        let found = try network.probabilities(views, pass, of: [head.name] + (auxiliary.map { [$0.head] } ?? []))
        let likely = try output(found).sliced(0..<indices.count)  // [n, S, K]
        if let auxiliary, let output = found[auxiliary.head] {
          let own = try output.sliced(auxiliary.subhead..<(auxiliary.subhead + 1), along: 1)
          auxiliaryClusters += try own.sliced(0..<indices.count).argmax(along: 2).integers()
        }
        try groups?.add(likely, of: indices)
        let largest = try likely.argmax(along: 2).transposed().integers()  // [S, n]
        for subhead in 0..<head.subheads {
          clusters[subhead] += largest[(subhead * indices.count)..<((subhead + 1) * indices.count)]
        }
        let pair = try source.pairs(of: indices, repeats: 1, random: random.child("views", indices.startIndex))
        let sides = try network.outputs(pair, pass, of: [head.name])
        let part = try InformationLoss.joint(
          base: output(sides.base.heads), transformed: output(sides.transformed.heads))
        joint = if let sum = joint { try sum + part } else { part }
      }
      guard let joint else { throw UserError("there are no items to cluster", key: "evaluation") }
      let losses = try InformationLoss(lambda: head.lambda).loss(of: joint).doubles()
      var assignments = Assignments(
        items: items, clusters: clusters, losses: losses, clusterCount: head.clusters, groups: groups?.assignments()
      )
      assignments.auxiliary = auxiliaryClusters
      return assignments
    }
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
  /// The clusters of the chosen sub-head as edits leave them; nil where nobody edited any.
  public internal(set) var edited: EditedClusters?
  /// The auxiliary head's cluster of each item, where edits need it.
  var auxiliary: [Int] = []
  /// The classes of the clusters by other items' labels; nil if the manifest asks for none.
  public var mapping: ClusterMapping?

  /// The sub-head that was chosen before these items were looked at; nil if none was.
  public internal(set) var chosenBefore: Int?

  /// The sub-head with the lowest loss: chosen without labels.
  public var bestByLoss: Int { losses.indices.min { losses[$0] < losses[$1] } ?? 0 }

  /// The sub-head whose clusters are the result: the one chosen before, or else the one of lowest loss.
  public var chosen: Int { chosenBefore.flatMap { losses.indices.contains($0) ? $0 : nil } ?? bestByLoss }

  /// The cluster of each item: the chosen sub-head's, as edits leave it.
  public var result: [Int] {
    guard let edited else { return clusters[chosen] }
    return clusters[chosen].enumerated().map { place, cluster in
      edited.cluster(main: cluster, auxiliary: auxiliary.isEmpty ? 0 : auxiliary[place])
    }
  }

  /// The numbers of the clusters that items can be in, ascending.
  public var numbers: [Int] { edited?.numbers ?? Array(0..<clusterCount) }
}
