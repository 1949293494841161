public import Foundation
public import Torch

/// A manifest made real: the data opened, the network known, ready to train or to evaluate.
public struct Experiment {
  /// What the manifest says.
  public let configuration: ExperimentConfiguration
  /// The manifest with every key that has an effect.
  public let resolvedYAML: String
  /// The data.
  public internal(set) var dataset: Dataset
  /// The items that are clustered at the end.
  public let evaluatedItems: [Int]
  /// The items by whose labels clusters are mapped to classes, with these; nil if the manifest asks for none.
  private let mapping: (items: [Int], labels: [Int])?
  /// What the user should know about the data, a line each.
  public let warnings: [String]
  /// The precision the network runs in.
  public let precision: Precision
  private let document: ManifestDocument
  /// The SHA-256 of the table of pairs, if there is one.
  let pairsHash: String?
  /// The SHA-256 that the file of the encoder's initial weights must have; nil accepts any.
  var initialWeightsHash: String?

  /// Reads a manifest and opens its data, or takes `dataset` in its place. Throws the first thing that is wrong.
  ///
  /// The dataset of another experiment may be given: what that one's table of pairs added to it does not count.
  public init(
    _ document: ManifestDocument, registry: ModalityRegistry, cache: SampleCache = SampleCache(),
    dataset given: Dataset? = nil
  ) throws {
    var resolved = try Self.read(document, registry)
    var configuration = resolved.configuration
    let training = configuration.training
    try Runtime.prepare(threads: training.threads)
    do throws(TorchError) {
      try training.device.prepare()
    } catch {
      throw document.error(at: "training.device", error.message)
    }
    precision = try training.precision ?? .fastest(on: training.device)
    var dataset = try document.locating("data.source") {
      try given ?? configuration.modality.dataset(cache: cache)
    }.withoutTable
    let pairs = try document.locating("pairs.source") { try configuration.pairs?.apply(to: &dataset) }
    pairsHash = pairs?.contentHash
    warnings = resolved.warnings + dataset.description.notes + (pairs?.warnings ?? [])
    let evaluated = try document.locating("evaluation") {
      if let parts = configuration.evaluation.parts {
        try dataset.items(in: parts, key: "evaluation.parts")
      } else {
        try dataset.items(in: configuration.heads.main.parts, key: "heads.main.parts")
      }
    }
    mapping = try document.locating("evaluation.mapping") {
      try configuration.evaluation.mapping?.labels(
        of: dataset, besides: evaluated, seed: configuration.training.seed)
    }
    evaluatedItems = evaluated
    // The run's manifest names what was left to the machine and the data, so that the run is resumed and evaluated as it
    // was trained.
    let itemCount = try document.locating("heads") { try EpochPlan.leastItems(configuration.heads, dataset) }
    let decided =
      ["training.precision=\(precision.rawValue)"] + configuration.heads.decided
      + training.decided(heads: configuration.heads, itemCount: itemCount)
    resolved = try Self.read(document.setting(decided), registry)
    configuration = resolved.configuration
    resolvedYAML = resolved.resolvedYAML()
    self.configuration = configuration
    self.dataset = dataset
    self.document = document
    guard configuration.evaluation.statistics == .running || evaluatedItems.count > 1 else {
      throw document.error(
        at: "evaluation.statistics",
        "found batch with \(evaluatedItems.count) item to evaluate; expected 2 or more, since one has no variance")
    }
  }

  private static func read(
    _ document: ManifestDocument, _ registry: ModalityRegistry
  ) throws(ManifestError) -> ResolvedManifest<ExperimentConfiguration> {
    try document.read { root throws(ManifestError) in
      try ExperimentConfiguration(from: root, registry: registry)
    }
  }

  /// A network with initial weights.
  public func makeNetwork(random: RandomStream) throws -> ClusteringNetwork {
    let network = try drawNetwork(random: random)
    try network.takeInitialWeights()
    return network
  }

  /// A network with the weights of a safetensors file, such as a run's. The file of the encoder's initial weights is not
  /// read.
  public func makeNetwork(weights url: URL) throws -> ClusteringNetwork {
    let network = try drawNetwork(random: RandomStream(seed: configuration.training.seed))
    try Weights.read(url, into: network)
    return network
  }

  /// A network whose weights are all drawn.
  private func drawNetwork(random: RandomStream) throws -> ClusteringNetwork {
    let generator = try random.generator()
    var encoder = try configuration.modality.encoder(sampleShape: dataset.description.shape, generator: generator)
    encoder.initialWeights?.expectedSHA256 = initialWeightsHash
    return try ClusteringNetwork(
      encoder: encoder, heads: configuration.heads.all, normalise: configuration.heads.normalise,
      device: configuration.training.device, precision: precision, generator: generator)
  }

  /// Trains a network as the manifest says.
  public func train(observe: (TrainingEvent) throws -> Void) throws -> ClusteringNetwork {
    let trainer = try trainer()
    return try trainer.train(trainer.initialState(), observe: observe)
  }

  /// What trains a network as the manifest says. Throws if the data does not allow it.
  public func trainer() throws -> Trainer {
    Trainer(
      configuration.training, plan: try plan(),
      source: PairSource(configuration.modality, dataset, device: configuration.training.device),
      objective: ClusteringObjective(configuration.heads.all), makeNetwork: drawNetwork)
  }

  /// What the epochs go through. Throws if the data does not allow it.
  func plan() throws -> EpochPlan {
    try document.locating("training") {
      try EpochPlan(configuration.training, heads: configuration.heads, dataset: dataset)
    }
  }

  /// What the main head of a network says of the data.
  ///
  /// - Parameter subhead: the sub-head that was chosen before, so that its clusters keep their numbers; nil chooses the one
  ///   of lowest loss over these items.
  public func assignments(of network: ClusteringNetwork, subhead: Int? = nil) throws -> Assignments {
    var assignments = try assignments(of: network, to: evaluatedItems)
    assignments.chosenBefore = subhead
    if let mapping, let parts = configuration.evaluation.mapping?.parts {
      assignments.mapping = try ClusterMapping(
        self.assignments(of: network, to: mapping.items), labels: mapping.labels, parts: parts)
    }
    return assignments
  }

  private func assignments(of network: ClusteringNetwork, to items: [Int]) throws -> Assignments {
    try Evaluator(
      network, modality: configuration.modality, dataset: dataset, items: items,
      head: configuration.heads.main, mode: configuration.evaluation.statistics.mode,
      device: configuration.training.device, seed: configuration.training.seed,
      itemsPerStep: configuration.training.itemsPerStep
    ).assignments()
  }

  /// The figures of the main head of a network; `subhead` is one that was chosen before, nil chooses by loss.
  public func report(of network: ClusteringNetwork, subhead: Int? = nil) throws -> EvaluationReport {
    try report(on: assignments(of: network, subhead: subhead))
  }

  /// `items` in the pieces in which they go through a network to be evaluated.
  func evaluationPieces(of items: [Int]) -> [ArraySlice<Int>] {
    let isByBatch = configuration.evaluation.statistics == .batch
    return dataset.description.pieces(of: items, about: isByBatch ? configuration.training.itemsPerStep : nil)
  }

  /// The figures of what a head says of the data.
  func report(on assignments: Assignments) throws -> EvaluationReport {
    try EvaluationReport(assignments, labels: dataset.labels, memberships: dataset.description.groups)
  }
}

/// A whole manifest.
public struct ExperimentConfiguration {
  /// The name that figures and run folders go by.
  public let name: String
  /// The name of the kind of data.
  public let modalityName: String
  /// The kind of data, with its sections of the manifest.
  public let modality: any Modality
  /// Which items belong together, if the user says so; nil leaves it to the data.
  public let pairs: PairList?
  /// The heads on the encoder.
  public let heads: HeadsConfiguration
  /// How the network is trained.
  public let training: TrainingConfiguration
  /// When checkpoints are written.
  public let checkpoint: CheckpointConfiguration
  /// When, on what and how the network is evaluated.
  public let evaluation: EvaluationConfiguration

  /// Reads a manifest's root, whose modality must be one of `registry`.
  public init(from root: SectionReader, registry: ModalityRegistry) throws(ManifestError) {
    name = try root.string("name", "the name that figures and run folders go by")
    (modalityName, modality) = try registry.read(from: root)
    pairs = try root.read(
      PairList.self, at: "pairs", default: nil, "items that belong together; if absent, the kind of data says")
    let heads = try root.read(HeadsConfiguration.self, at: "heads", "cluster heads on the encoder")
    training = try root.read(TrainingConfiguration.self, at: "training", "how the network is trained")
    let restarts = training.restarts
    self.heads =
      restarts.count > 1 && restarts.isEpochsGiven
      ? heads.comparable(after: restarts.epochs, of: training.epochs) : heads
    checkpoint = try root.read(CheckpointConfiguration.self, at: "checkpoint", "when checkpoints are written")
    evaluation = try root.read(
      EvaluationConfiguration.self, at: "evaluation", "when, on what and how the network is evaluated")
    for head in heads.all {
      try root.requires(
        "heads.\(head.name).passes", of: "training.scheme", training.scheme == .inTurn,
        "without training.scheme: inTurn")
    }
    try root.requires("training.first", of: "heads.auxiliary", heads.auxiliary != nil, "without an auxiliary head")
  }
}
