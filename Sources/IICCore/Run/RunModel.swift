public import Files
public import Foundation
import Manifest
import Torch

/// What a run has learned, opened from its folder alone: its network, and what was fitted to its data. The data are not
/// needed, nor is a file of initial weights.
public struct RunModel {
  /// Where it is.
  public let folder: RunFolder
  /// What its manifest says, with what was set besides.
  public let configuration: ExperimentConfiguration
  /// The network of the last epoch, or of the one of lowest loss.
  public let network: ClusteringNetwork
  /// The shape of the samples that it was trained on.
  public let sampleShape: [Int]
  /// The type of their elements; nil if a run of an older program does not say it.
  public let sampleElement: DatasetDescription.Element?
  private let document: ManifestDocument
  private let registry: Registry
  private let fitted: FittedState?
  private let isBest: Bool

  /// Opens the weights of the last epoch or, with `best`, of the one of lowest loss.
  ///
  /// - Parameter overrides: keys about data or evaluation, as `key.path=value`.
  public init(at path: String, best: Bool = false, overrides: [String] = [], registry: Registry) throws {
    folder = try RunFolder.open(at: path)
    isBest = best
    let receipt = try folder.readReceipt()
    guard let shape = receipt?.sampleShape, !shape.isEmpty else {
      throw UserError(
        "\(path): has no receipt.json that says the shape of its samples; the run ended early or is of an older program"
      )
    }
    (sampleShape, sampleElement) = (shape, receipt?.sampleElement)
    self.registry = registry
    document = try ManifestDocument(
      path: folder.manifest.path(percentEncoded: false), overrides: overrides, isResolved: true)
    configuration = try Experiment.read(document, registry).configuration
    let precision = try configuration.training.prepare(document)
    fitted = try folder.readFitted()
    network = try configuration.network(
      sampleShape: shape, precision: precision, random: RandomStream(seed: configuration.training.seed))
    try Weights.read(best ? folder.bestWeights : folder.lastWeights, into: network)
  }

  /// What a run has learned, whose data are open.
  public init(finished run: FinishedRun) throws {
    (folder, configuration, network) = (run.folder, run.experiment.configuration, run.network)
    (sampleShape, document, registry) = (run.experiment.dataset.description.shape, run.document, run.registry)
    sampleElement = run.experiment.dataset.description.element
    (fitted, isBest) = (try run.folder.readFitted(), run.isBest)
  }

  /// The weights that were opened.
  public var weights: URL { isBest ? folder.bestWeights : folder.lastWeights }

  /// The sub-head whose clusters are the run's; if it is not known, `problem` says why.
  public var subhead: (subhead: Int?, problem: String?) {
    folder.chosenSubhead(best: isBest, of: configuration.heads.main.subheads)
  }

  /// The items of the source that the manifest names, with `settings` besides and without some keys, read by what was fitted
  /// to the run's data. Throws unless their samples have the shape of the run's.
  public func dataset(
    setting settings: [String] = [], without keys: [String] = [], cache: SampleCache = SampleCache()
  ) throws -> Dataset {
    let document = try document.removing(keys).setting(settings)
    let modality =
      try settings.isEmpty && keys.isEmpty
      ? configuration.modality : Experiment.read(document, registry).configuration.modality
    let dataset = try document.locating("data.source") {
      try modality.items(cache: cache, fitted: OpenedData.own(fitted))
    }
    guard dataset.description.shape == sampleShape else {
      throw document.error(
        at: "data.source",
        "found samples of shape \(dataset.description.shape); expected \(sampleShape), as the run's are")
    }
    return dataset
  }

  /// A text that is another whenever other weights, edits or settings are used.
  public func identity(setting settings: [String]) throws -> String {
    let files = [weights, folder.manifest, folder.edits].map { (try? SHA256.hash(of: $0)) ?? "none" }
    return try SHA256.hash(of: (files + settings).joined(separator: "\n"))
  }

  /// Whether the run's kind of data has a key.
  public func has(key: String) -> Bool { document.text(of: key) != nil }
}

extension RunModel {
  /// The sub-heads, the run's own first, each with the number of each of its clusters: the run's number of the cluster that
  /// it was matched to on the run's items. Throws if the run does not know it.
  func numberings() throws(UserError) -> [(index: Int, numbers: [Int])] {
    let head = configuration.heads.main
    guard head.subheads > 1 else { return [(0, Array(0..<head.clusters))] }
    guard let consensus = folder.figures(best: isBest)?.together?.consensus else {
      throw UserError("\(folder.path): has no evaluation.json of these weights that says how its sub-heads agree")
    }
    let order = [consensus.first] + consensus.numbering.indices.filter { $0 != consensus.first }
    return order.map { ($0, consensus.numbering[$0]) }
  }

  /// For each of the run's clusters the one of another run that it is, by the items that both have assigned. Throws if they
  /// are of other numbers of clusters or read their data otherwise, or have few items in common.
  func numbers(like other: RunModel) throws -> [Int] {
    let (own, wanted) = (configuration.heads.main.clusters, other.configuration.heads.main.clusters)
    guard own == wanted, sampleShape == other.sampleShape, fitted == other.fitted else {
      throw UserError(
        "\(folder.path): found \(own) clusters of samples \(sampleShape); expected \(wanted) of \(other.sampleShape), read "
          + "by what was fitted to the same data, as \(other.folder.path) has them")
    }
    for run in [self, other] where try run.edits(subhead: run.subhead.subhead ?? 0).clusters.isRegrouped {
      throw UserError(
        "\(run.folder.path): clusters were merged or split; a consensus of runs is of their own clusters")
    }
    let (mine, theirs) = (try folder.readAssignments(), try other.folder.readAssignments())
    let common = mine.keys.filter { theirs[$0] != nil }.sorted()
    guard common.count >= own else {
      throw UserError(
        "\(folder.path): has \(common.count) items in common with \(other.folder.path); expected the same items")
    }
    return try Consensus(
      [common.map { theirs[$0] ?? 0 }, common.map { mine[$0] ?? 0 }], counts: [wanted, own], first: 0
    ).numbering[1]
  }

  /// The clusters of a sub-head as the run's edits leave them; what edits do not hold for, in `warnings`.
  public func edits(subhead: Int) throws(UserError) -> RunFolder.Edits {
    try folder.edits(of: configuration.heads, subhead: subhead, weights: weights)
  }
}

extension RunModel {
  /// Takes a file of edits, as the page of a report saves it, in place of what was said of the clusters of a sub-head. Throws,
  /// and changes nothing, if they are of other clusters or do not fit.
  public func takeEdits(from url: URL, subhead: Int) throws(UserError) {
    try folder.takeEdits(from: url, of: configuration.heads, subhead: subhead, weights: weights)
  }

  /// Nothing said yet of the clusters of a sub-head.
  public func noEdits(subhead: Int) throws -> ClusterEdits {
    ClusterEdits(subhead: subhead, weightsSHA256: try SHA256.hash(of: weights))
  }

  /// Names clusters by their classes, and makes those of one class one; a cluster whose class is nil stays as it is. Throws,
  /// and changes nothing, if the run has edits already.
  public func name(_ classes: [Int?], as className: (Int) -> String) throws {
    guard let subhead = self.subhead.subhead else {
      throw UserError(self.subhead.problem ?? "\(folder.path): the run's sub-head is not known")
    }
    guard try folder.readEdits() == nil else {
      throw UserError(
        "\(folder.path): has edits already, which naming its clusters would replace; edit --clear takes them back")
    }
    var said = try noEdits(subhead: subhead)
    var clusters = try edits(subhead: subhead).clusters
    for label in Set(classes.compactMap { $0 }).sorted() {
      let (members, name) = (classes.indices.filter { classes[$0] == label }, className(label))
      try said.add(
        members.count > 1 ? .merge(members, name: name) : .rename(cluster: members[0], name: name), to: &clusters)
    }
    try folder.write(json: said, to: folder.edits)
  }
}
