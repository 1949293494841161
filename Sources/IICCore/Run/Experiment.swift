import Archive
import Files
public import Foundation
public import Manifest
public import Torch

/// A manifest made real: the data opened, the network known, ready to train or to evaluate.
public struct Experiment {
  /// What the manifest says.
  public let configuration: ExperimentConfiguration
  /// The manifest with every key that has an effect; empty without a manifest.
  public let resolvedYAML: String
  /// The data as they were opened.
  public internal(set) var data: OpenedData
  /// The items that are clustered at the end.
  public let evaluatedItems: [Int]
  /// The items by whose labels clusters are mapped to classes, with these; nil if the manifest asks for none.
  let mapping: (items: [Int], labels: [Int])?
  /// The class of each item, -1 where it is unknown or the network learns from it; nil if all are unknown. Figures are
  /// computed on these.
  public let scoredLabels: [Int]?
  /// What the user should know about the data, a line each.
  public let warnings: [String]
  /// The precision the network runs in.
  public let precision: Precision
  /// The manifest; nil if there is none.
  private let document: ManifestDocument?
  /// The SHA-256 that the file of the encoder's initial weights must have; nil accepts any.
  var initialWeightsHash: String?

  /// The items.
  public var dataset: Dataset { data.dataset }
  /// The SHA-256 of the table of pairs, if there is one.
  var pairsHash: String? { data.pairsSHA256 }

  /// Reads a manifest and opens its data, or takes `dataset` in its place. Throws the first thing that is wrong.
  ///
  /// - Parameters:
  ///   - dataset: items that are there already. Those of another experiment may be given: what that one's table of pairs
  ///     added to them does not count.
  ///   - fitted: what was fitted to the data of a run, as its folder keeps it; nil fits anew.
  public init(
    _ document: ManifestDocument, registry: Registry, cache: SampleCache = SampleCache(), dataset: Dataset? = nil,
    fitted: FittedState? = nil
  ) throws {
    try self.init(document, registry, isFinished: fitted != nil) { configuration in
      try OpenedData(configuration, document, cache: cache, fitted: fitted, dataset: dataset)
    }
  }

  /// Reads a manifest about data that were opened for another one, which may differ in all but `data` and `pairs`.
  public init(_ document: ManifestDocument, registry: Registry, data: OpenedData) throws {
    try self.init(document, registry) { _ in data }
  }

  private init(
    _ document: ManifestDocument, _ registry: Registry, isFinished: Bool = false,
    open: (ExperimentConfiguration) throws -> OpenedData
  ) throws {
    var resolved = try Self.read(document, registry)
    var configuration = resolved.configuration
    precision = try configuration.training.prepare(document)
    data = try open(configuration)
    let dataset = data.dataset
    let (objective, problem) = try document.locating("objective") {
      try configuration.objective.opened(dataset, isFinished: isFinished)
    }
    let targets = (objective as? any TargetObjective)
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
    scoredLabels = dataset.labels(without: targets?.known ?? [:])
    warnings =
      resolved.warnings + data.warnings + ((objective as? ClassificationObjective)?.notes ?? [])
      + (targets?.notes(
        evaluated: evaluated,
        trained: try dataset.items(in: configuration.heads.main.parts, key: "heads.main.parts"))
        ?? []) + problem
    // The run's manifest names what was left to the machine and the data, so that the run is resumed and evaluated as it
    // was trained.
    let itemCount = try document.locating("heads") {
      try EpochPlan.leastItems(configuration.heads, dataset, among: targets?.targetItems)
    }
    let decided =
      ["training.precision=\(precision.rawValue)"] + configuration.heads.decided
      + configuration.training.decided(heads: configuration.heads, itemCount: itemCount)
    resolved = try Self.read(document.setting(decided), registry)
    configuration = resolved.configuration
    resolvedYAML = resolved.resolvedYAML()
    configuration.objective = objective
    self.configuration = configuration
    self.document = document
    guard configuration.evaluation.statistics == .running || evaluatedItems.count > 1 else {
      throw document.error(
        at: "evaluation.statistics",
        "found batch with \(evaluatedItems.count) item to evaluate; expected 2 or more, since one has no variance")
    }
  }

  /// Puts an experiment together in Swift, without a manifest. It can be trained and evaluated; only what is read from a
  /// manifest leaves a run folder, which must be enough by itself.
  public init(_ configuration: ExperimentConfiguration, dataset given: Dataset) throws {
    var configuration = configuration
    try Runtime.prepare(threads: configuration.training.threads)
    try configuration.training.device.prepare()
    precision = try configuration.training.precision ?? .fastest(on: configuration.training.device)
    data = try OpenedData(configuration, nil, cache: SampleCache(), fitted: nil, dataset: given)
    (warnings, document, resolvedYAML, mapping) = (data.warnings, nil, "", nil)
    let (dataset, heads) = (data.dataset, configuration.heads)
    configuration.objective = try configuration.objective.opened(dataset, isFinished: false).objective
    let targets = configuration.objective as? any TargetObjective
    scoredLabels = dataset.labels(without: targets?.known ?? [:])
    evaluatedItems = try dataset.items(
      in: configuration.evaluation.parts ?? heads.main.parts, key: "evaluation.parts")
    configuration.training = try configuration.training.deciding(
      heads: heads, itemCount: EpochPlan.leastItems(heads, dataset, among: targets?.targetItems))
    self.configuration = configuration
  }

  static func read(
    _ document: ManifestDocument, _ registry: Registry
  ) throws(ManifestError) -> ResolvedManifest<ExperimentConfiguration> {
    try document.read { root throws(ManifestError) in
      try ExperimentConfiguration(from: root, registry: registry)
    }
  }

  /// The items that training goes through, by the head that has the fewest.
  public var trainedItemCount: Int {
    let targets = (configuration.objective as? any TargetObjective)?.targetItems
    return (try? EpochPlan.leastItems(configuration.heads, dataset, among: targets)) ?? dataset.count
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
    try configuration.network(
      sampleShape: dataset.description.shape, precision: precision, random: random,
      initialWeightsSHA256: initialWeightsHash)
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
      objective: configuration.objective,
      evaluation: configuration.evaluation.every.map { every in
        Trainer.Evaluation(every: every) { try report(of: $0) }
      }, makeNetwork: drawNetwork)
  }

  /// What the epochs go through. Throws if the data does not allow it.
  func plan() throws -> EpochPlan {
    try document.locating("training") {
      try EpochPlan(
        configuration.training, heads: configuration.heads, dataset: dataset,
        among: (configuration.objective as? any TargetObjective)?.targetItems)
    }
  }
}
