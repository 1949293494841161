public import Torch

/// A manifest made real: the data opened, the network known, ready to train or to evaluate.
public struct Experiment {
  /// What the manifest says.
  public let configuration: ExperimentConfiguration
  /// The manifest with every key.
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

  /// Reads a manifest and opens its data, or takes `dataset` in its place. Throws the first thing that is wrong.
  public init(
    _ document: ManifestDocument, registry: ModalityRegistry, cache: SampleCache = SampleCache(),
    dataset given: Dataset? = nil
  ) throws {
    var resolved = try Self.read(document, registry)
    let training = resolved.configuration.training
    try Runtime.prepare(threads: training.threads)
    try training.device.prepare()
    precision = try training.precision ?? .fastest(on: training.device)
    if training.precision == nil {
      // The run's manifest names it, so that the run is resumed and evaluated in the same one.
      resolved = try Self.read(document.setting("training.precision=\(precision.rawValue)"), registry)
    }
    let configuration = resolved.configuration
    resolvedYAML = resolved.resolvedYAML()
    var dataset = try document.locating("data.source") { try given ?? configuration.modality.dataset(cache: cache) }
    let pairs = try document.locating("pairs.source") { try configuration.pairs?.apply(to: &dataset) }
    pairsHash = pairs?.contentHash
    warnings = dataset.description.notes + (pairs?.warnings ?? [])
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
    self.configuration = configuration
    self.dataset = dataset
    self.document = document
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
    let generator = try random.generator()
    let encoder = try configuration.modality.encoder(sampleShape: dataset.description.shape, generator: generator)
    return try ClusteringNetwork(
      encoder: encoder, heads: configuration.heads.all, device: configuration.training.device, precision: precision,
      generator: generator)
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
      objective: ClusteringObjective(configuration.heads.all), makeNetwork: makeNetwork)
  }

  /// What the epochs go through. Throws if the data does not allow it.
  func plan() throws -> EpochPlan {
    try document.locating("training") {
      try EpochPlan(configuration.training, heads: configuration.heads, dataset: dataset)
    }
  }

  /// What the main head of a network says of the data.
  public func assignments(of network: ClusteringNetwork) throws -> Assignments {
    var assignments = try assignments(of: network, to: evaluatedItems)
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
      device: configuration.training.device, seed: configuration.training.seed
    ).assignments()
  }

  /// The figures of the main head of a network.
  public func report(of network: ClusteringNetwork) throws -> EvaluationReport {
    try report(on: assignments(of: network))
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
    heads = try root.read(HeadsConfiguration.self, at: "heads", "cluster heads on the encoder")
    training = try root.read(TrainingConfiguration.self, at: "training", "how the network is trained")
    checkpoint = try root.read(CheckpointConfiguration.self, at: "checkpoint", "when checkpoints are written")
    evaluation = try root.read(
      EvaluationConfiguration.self, at: "evaluation", "when, on what and how the network is evaluated")
  }
}
