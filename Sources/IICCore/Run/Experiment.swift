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
  private let mapping: (items: [Int], labels: [Int])?
  /// The data's classes without those that the network learns from: what figures are computed on.
  private let scoredLabels: [Int]?
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
      + Self.note(on: targets, evaluated: evaluated) + problem
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

  /// What is said of known targets among the items that are clustered.
  private static func note(on targets: (any TargetObjective)?, evaluated: [Int]) -> [String] {
    guard let known = targets?.known, !known.isEmpty else { return [] }
    let both = evaluated.count { known[$0] != nil }
    guard both > 0 else { return [] }
    return [
      "objective: \(both) of the \(evaluated.count) items that are clustered have labels that are learned; figures are of "
        + "the others"
    ]
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

  /// What the main head of a network says of the data.
  ///
  /// - Parameter subhead: the sub-head that was chosen before, so that its clusters keep their numbers; nil chooses the one
  ///   of lowest loss over these items.
  /// - Parameter edited: the clusters as edits leave them, of that sub-head.
  public func assignments(
    of network: ClusteringNetwork, subhead: Int? = nil, edited: EditedClusters? = nil
  ) throws -> Assignments {
    let auxiliary = edited?.isSplit == true ? configuration.heads.auxiliary : nil
    return try assignments(
      of: network, subhead: subhead, edited: edited,
      auxiliary: auxiliary.map { ($0.name, $0.subhead(beside: subhead ?? 0)) })
  }

  /// The same, with the clusters of a sub-head of the auxiliary head.
  func assignments(
    of network: ClusteringNetwork, subhead: Int?, edited: EditedClusters?, auxiliary: (head: String, subhead: Int)?
  ) throws -> Assignments {
    var assignments = try assignments(of: network, to: evaluatedItems, auxiliary: auxiliary)
    assignments.chosenBefore = subhead
    assignments.edited = edited?.isEdited == true ? edited : nil
    if let objective = configuration.objective as? ClassificationObjective {
      let known = objective.known.sorted { $0.key < $1.key }
      assignments.mapping = try ClusterMapping(
        learned: self.assignments(of: network, to: known.map(\.key)), labels: known.map(\.value),
        source: objective.source)
    } else if let mapping, let parts = configuration.evaluation.mapping?.parts {
      assignments.mapping = try ClusterMapping(
        self.assignments(of: network, to: mapping.items), labels: mapping.labels, parts: parts)
    }
    return assignments
  }

  /// What a head, the main one if none is named, says of some items.
  func assignments(
    of network: ClusteringNetwork, to items: [Int], head: HeadConfiguration? = nil,
    auxiliary: (head: String, subhead: Int)? = nil
  ) throws -> Assignments {
    try Evaluator(
      network, modality: configuration.modality, dataset: dataset, items: items,
      head: head ?? configuration.heads.main, auxiliary: auxiliary, pass: configuration.evaluation.statistics.pass,
      device: configuration.training.device, seed: configuration.training.seed,
      itemsPerStep: configuration.training.itemsPerStep
    ).assignments()
  }

  /// What the main head of a dense network says of the places of the data; `subhead` as for items.
  public func placeAssignments(
    of network: ClusteringNetwork, subhead: Int? = nil, edited: EditedClusters? = nil
  ) throws -> PlaceAssignments {
    let training = configuration.training
    var assignments = try PlaceEvaluator(
      network: network, modality: configuration.modality, dataset: dataset, items: evaluatedItems,
      head: configuration.heads.main, objective: configuration.objective,
      pass: configuration.evaluation.statistics.pass, device: training.device, seed: training.seed,
      itemsPerPiece: max(1, training.itemsPerStep / training.pieces)
    ).assignments()
    assignments.chosenBefore = subhead
    if let edited, edited.isEdited { try assignments.take(edited) }
    return assignments
  }

  /// What a network says of the data, of items or of their places.
  func result(
    of network: ClusteringNetwork, subhead: Int? = nil, edited: EditedClusters? = nil
  ) throws -> ClusteringResult {
    network.isDense
      ? .places(try placeAssignments(of: network, subhead: subhead, edited: edited))
      : .items(try assignments(of: network, subhead: subhead, edited: edited))
  }

  /// The figures of the main head of a network; `subhead` is one that was chosen before, nil chooses by loss; `edited` are
  /// its clusters as edits leave them.
  public func report(
    of network: ClusteringNetwork, subhead: Int? = nil, edited: EditedClusters? = nil
  ) throws -> EvaluationReport {
    try report(on: result(of: network, subhead: subhead, edited: edited))
  }

  /// `items` in the pieces in which they go through a network to be evaluated.
  func evaluationPieces(of items: [Int]) -> [ArraySlice<Int>] {
    let training = configuration.training
    let isByBatch = configuration.evaluation.statistics == .batch
    // Maps of many places fill the memory with few items.
    let about =
      isByBatch
      ? training.itemsPerStep : configuration.isDense ? max(1, training.itemsPerStep / training.pieces) : nil
    return dataset.description.pieces(of: items, about: about)
  }

  /// The figures of what a head says of the data.
  func report(on result: ClusteringResult) throws -> EvaluationReport {
    switch result {
    case .items(let assignments):
      try EvaluationReport(assignments, labels: scoredLabels, memberships: dataset.description.groups)
    case .places(let assignments): try EvaluationReport(assignments)
    }
  }
}

/// What the main head of a network says of the data.
enum ClusteringResult {
  case items(Assignments)
  case places(PlaceAssignments)
}

extension Objective {
  /// The objective once it has looked at the data.
  ///
  /// A finished run may be shown data that do not have what it learned from. Then `problem` says so.
  fileprivate func opened(
    _ dataset: Dataset, isFinished: Bool
  ) throws -> (objective: any Objective, problem: [String]) {
    guard var targets = self as? any TargetObjective else { return (self, []) }
    do {
      try targets.open(dataset)
      return (targets, [])
    } catch let error where isFinished {
      let reason = (error as? UserError)?.problem ?? "\(error)"
      return (
        self, ["objective: the labels that the run learned are not read, so figures are of all items: \(reason)"]
      )
    }
  }
}

extension Dataset {
  /// The class of each item, -1 where it is unknown or in `known`; nil if all are unknown.
  fileprivate func labels(without known: [Int: Int]) -> [Int]? {
    guard !known.isEmpty, var labels else { return labels }
    for item in known.keys { labels[item] = -1 }
    return labels
  }
}

extension TrainingConfiguration {
  /// Readies the threads and the device of a manifest; returns the precision that the network runs in.
  func prepare(_ document: ManifestDocument) throws -> Precision {
    try Runtime.prepare(threads: threads)
    do throws(TorchError) {
      try device.prepare()
    } catch {
      throw document.error(at: "training.device", error.message)
    }
    return try precision ?? .fastest(on: device)
  }
}

extension ManifestDocument {
  /// Runs `body`, which looks at data as the manifest says. What is wrong then is an error at the key that it names,
  /// or at `key`.
  func locating<Value>(_ key: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as UserError {
      throw self.error(at: error.key ?? key, error.problem)
    } catch let error as ArchiveError {
      throw self.error(at: key, error.description)
    }
  }
}

extension ManifestDocument? {
  /// The same; without a manifest, what is wrong stays as it is.
  func locating<Value>(_ key: String, _ body: () throws -> Value) throws -> Value {
    guard let self else { return try body() }
    return try self.locating(key, body)
  }
}
