import Files
import Foundation
public import Manifest
import Torch

/// A whole manifest.
public struct ExperimentConfiguration {
  /// The name that figures and run folders go by.
  public var name: String
  /// The name of the kind of data.
  public var modalityName: String
  /// The kind of data, with its sections of the manifest.
  public var modality: any Modality
  /// Which items belong together, if the user says so; nil leaves it to the data.
  public var pairs: PairList?
  /// What the encoder begins with, and how it learns.
  public var trunk: TrunkConfiguration
  /// The heads on the encoder.
  public var heads: HeadsConfiguration
  /// What the network is trained for.
  public var objective: any Objective
  /// How the network is trained.
  public var training: TrainingConfiguration
  /// When checkpoints are written.
  public var checkpoint: CheckpointConfiguration
  /// When, on what and how the network is evaluated.
  public var evaluation: EvaluationConfiguration

  /// What is needed, and the defaults for the rest. What the heads leave open is decided as for a manifest.
  public init(
    name: String = "experiment", _ modality: any Modality, heads: HeadsConfiguration,
    training: TrainingConfiguration,
    objective: (any Objective)? = nil
  ) {
    self.name = name
    modalityName = type(of: modality).name
    self.modality = modality
    let restarts = training.restarts
    self.heads =
      restarts.count > 1 && restarts.isEpochsGiven
      ? heads.comparable(after: restarts.epochs, of: training.epochs) : heads
    self.objective = objective ?? ClusteringObjective(self.heads.all)
    self.training = training
    trunk = TrunkConfiguration()
    (checkpoint, evaluation) = (CheckpointConfiguration(), EvaluationConfiguration())
  }

  /// Reads a manifest's root, whose modality must be one of `registry`.
  public init(from root: SectionReader, registry: Registry) throws(ManifestError) {
    name = try root("name", .string, "the name that figures and run folders go by")
    (modalityName, modality) = try registry.modality(from: root)
    pairs = try root.read(
      PairList.self, at: "pairs", default: nil, "items that belong together; if absent, the kind of data says")
    trunk = try root.read(
      TrunkConfiguration.self, at: "trunk", "what the encoder begins with, and how it learns beside the heads")
    let heads = try root.read(HeadsConfiguration.self, at: "heads", "cluster heads on the encoder")
    training = try root.read(TrainingConfiguration.self, at: "training", "how the network is trained")
    let restarts = training.restarts
    self.heads =
      restarts.count > 1 && restarts.isEpochsGiven
      ? heads.comparable(after: restarts.epochs, of: training.epochs) : heads
    objective = try registry.objective(from: root, heads: self.heads)
    checkpoint = try root.read(CheckpointConfiguration.self, at: "checkpoint", "when checkpoints are written")
    evaluation = try root.read(
      EvaluationConfiguration.self, at: "evaluation", "when, on what and how the network is evaluated")
    try root.check(
      training.pieces == 1 || objective is any SummedObjective, "training.pieces",
      "found \(training.pieces); this objective is no function of sums over items; expected 1")
    for head in heads.all {
      try root.requires(
        "heads.\(head.name).passes", of: "training.scheme", training.scheme == .inTurn,
        "without training.scheme: inTurn")
    }
    try root.check(
      heads.main.hidden == nil || !(objective is DenseObjective), "heads.main.hidden",
      "found \(heads.main.hidden ?? 0); places have heads without a hidden layer: leave the key out")
    try root.requires(
      "evaluation.mapping", of: "objective.name", !(objective is ClassificationObjective),
      "where clusters are classes by labels that are learned")
    try root.requires(
      "evaluation.mapping", of: "objective.name", !(objective is DenseObjective),
      "on places, of which each has a class")
    try root.requires("training.first", of: "heads.auxiliary", heads.auxiliary != nil, "without an auxiliary head")
  }
}

extension ExperimentConfiguration {
  /// Whether places of items are clustered rather than items.
  public var isDense: Bool { objective is DenseObjective }

  /// The network for samples of a shape, all of whose weights are drawn.
  ///
  /// - Parameter initialWeightsSHA256: what the file of the encoder's initial weights must have; nil accepts any.
  func network(
    sampleShape: [Int], precision: Precision, random: RandomStream, initialWeightsSHA256: String? = nil
  ) throws -> ClusteringNetwork {
    let generator = try random.generator()
    var encoder = try modality.encoder(sampleShape: sampleShape, generator: generator)
    encoder.initialWeights?.expectedSHA256 = initialWeightsSHA256
    let isBuiltIn = isDense || objective is ClusteringObjective || objective is ClassificationObjective
    guard encoder.isDense == isDense || !isBuiltIn else {
      throw UserError(
        "found \(isDense ? "dense" : objectiveName); expected \(encoder.isDense ? "dense" : "information"), since the "
          + "encoder gives \(encoder.isDense ? "a vector for each place" : "one vector for each item")",
        key: "objective.name")
    }
    let network = try ClusteringNetwork(
      encoder: encoder, heads: heads.all, normalise: heads.normalise, trunk: trunk, device: training.device,
      precision: precision, generator: generator)
    network.trunkWeights?.expectedSHA256 = initialWeightsSHA256
    return network
  }

  private var objectiveName: String {
    objective is ClassificationObjective ? ClassificationObjective.name : ClusteringObjective.name
  }

  /// What may help where clusters collapse, by what the manifest leaves open; `items` are those that are trained on.
  public func collapseAdvice(items: Int) -> String {
    if objective is ClassificationObjective { return "more labels, or training.epochs above \(training.epochs)" }
    var ways: [String] = []
    let main = heads.main
    if main.startFrom == .random {
      let needed =
        (main.start > 0 ? [] : ["heads.main.start above 0"]) + (heads.auxiliary == nil ? ["heads.auxiliary"] : [])
      ways.append(
        "heads.main.startFrom: auxiliary" + (needed.isEmpty ? "" : " (with \(needed.joined(separator: " and ")))"))
    }
    if main.lambda < HeadConfiguration.lambdas.upperBound {
      ways.append("heads.main.lambda above \(String(format: "%g", main.lambda))")
    }
    if training.restarts.count < RestartConfiguration.counts.upperBound {
      ways.append("training.restarts.count above \(training.restarts.count)")
    }
    if training.batch < items * training.repeats { ways.append("training.batch above \(training.batch)") }
    ways.append("views that change less")
    return ways.dropLast().joined(separator: ", ") + (ways.count > 1 ? ", or " : "") + (ways.last ?? "")
  }
}

/// The `checkpoint` section of a manifest.
public struct CheckpointConfiguration: Sendable, ManifestSection {
  /// The time between checkpoints, minutes. One is written at the end of each epoch as well.
  public var minutes = 10.0
  /// The steps between checkpoints; nil goes by the time alone.
  public var steps: Int?
  /// How many are kept.
  public var keep = 2

  /// The defaults.
  public init() {}

  public init(from section: SectionReader) throws(ManifestError) {
    minutes = try section(
      "minutes", .number(in: .positive), default: minutes,
      "minutes between checkpoints, beside one at the end of each epoch")
    steps = try section(
      "steps", .integer(in: 1...1_000_000_000), default: nil, "steps between checkpoints; if absent, by time alone")
    keep = try section("keep", .integer(in: 1...1000), default: keep, "how many of the last ones are kept")
  }
}
