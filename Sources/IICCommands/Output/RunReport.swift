import IICCore
import Torch

/// The figures of a run as programs read them.
struct RunReport: Encodable {
  let run: String
  let dataset: String
  let figures: EvaluationReport
  private var training: TrainingRun.Result?
  private var baselines: [Baseline] = []
  private let seed: Int
  private let warnings: [String]
  private let classes: [String]?
  private let emptyClusters: String?

  init(
    _ folder: RunFolder, _ experiment: Experiment, _ figures: EvaluationReport, warnings: [String] = []
  ) {
    run = folder.path
    dataset = experiment.configuration.name
    seed = experiment.configuration.training.seed
    self.figures = figures
    self.warnings = warnings
    classes = experiment.dataset.description.classNames
    let advice = experiment.configuration.collapseAdvice(items: experiment.trainedItemCount)
    emptyClusters = figures.emptyClusterWarning(advice: advice)
  }

  /// Says on standard error what is wrong with the clusters.
  func warn() { if let emptyClusters { Console.note("warning: \(emptyClusters)") } }

  /// The same with what only a command that trains knows.
  func adding(training: TrainingRun.Result) -> RunReport {
    var copy = self
    copy.training = training
    return copy
  }

  /// The same with what k-means finds.
  func adding(_ baselines: [Baseline]) -> RunReport {
    var copy = self
    copy.baselines = baselines
    return copy
  }

  private enum CodingKeys: String, CodingKey {
    case run, dataset, seed, warnings, classes
    case kMeans = "kmeans"
    case kMeansOnPixels = "kmeans_pixels"
    case kMeansOnFeatures = "kmeans_features"
    case kMeansOnPlaces = "kmeans_places"
    case trainingSeconds = "training_seconds"
    case pairsPerSecond = "pairs_per_second"
  }

  private enum ScoreKeys: String, CodingKey { case acc, nmi, ari }

  /// What places were clustered by, as a key.
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    try figures.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(run, forKey: .run)
    try container.encode(dataset, forKey: .dataset)
    if !warnings.isEmpty { try container.encode(warnings, forKey: .warnings) }
    try container.encodeIfPresent(classes, forKey: .classes)
    if let training {
      try container.encode(seed, forKey: .seed)
      try container.encode(training.trainingSeconds, forKey: .trainingSeconds)
      try container.encode(training.pairsPerSecond, forKey: .pairsPerSecond)
    }
    for baseline in baselines {
      switch baseline.kind {
      case .samples, .pixels, .features:
        let key: CodingKeys =
          switch baseline.kind {
          case .pixels: .kMeansOnPixels
          case .features: .kMeansOnFeatures
          default: .kMeans
          }
        var scores = container.nestedContainer(keyedBy: ScoreKeys.self, forKey: key)
        try scores.encode(baseline.scores.acc, forKey: .acc)
        try scores.encode(baseline.scores.nmi, forKey: .nmi)
        try scores.encode(baseline.scores.ari, forKey: .ari)
      case .places: break
      }
    }
    let places = baselines.compactMap { baseline in
      if case .places(let name, let meanIoU) = baseline.kind { (name, baseline.scores, meanIoU) } else { nil }
    }
    guard !places.isEmpty else { return }
    var named = container.nestedContainer(keyedBy: Name.self, forKey: .kMeansOnPlaces)
    for (name, scores, meanIoU) in places {
      try named.encode(
        ["acc": scores.acc, "acc_many_to_one": scores.accManyToOne, "mean_iou": meanIoU, "nmi": scores.nmi],
        forKey: Name(stringValue: name))
    }
  }

  /// The items in each cluster, and the groups if there are any, for people.
  var clusterLines: String {
    let numbers = figures.clusterNumbers ?? Array(0..<figures.clusters)
    func line(_ what: String, _ count: Int, _ counts: [Int]) -> String {
      let sizes = zip(numbers, counts).map { number, size in
        "\(size)" + ((figures.clusterNames?[number]).map { " \($0)" } ?? "")
      }
      return "\(count) \(what) in \(counts.count) clusters of \(sizes.joined(separator: ", "))"
    }
    if let places = figures.places {
      return line("places", places, figures.clusterCounts) + ", of \(figures.items) items"
    }
    let items = line("items", figures.items, figures.clusterCounts)
    guard let groups = figures.groups else { return items }
    return items + "\n" + line("groups", groups.count, groups.clusterCounts)
  }

  /// What is said below the table.
  func summary(_ result: TrainingRun.Result) -> String {
    """
    \(clusterLines)
    training \(Int(result.trainingSeconds.rounded())) s, \(Int(result.pairsPerSecond)) pairs/s; best epoch \
    \(result.bestEpoch + 1)
    run folder \(run)
    """
  }
}

/// What k-means finds, to compare a run with.
struct Baseline {
  /// What it clustered.
  enum Kind {
    case samples, pixels
    /// What the heads take of the encoder's features.
    case features
    /// Places by one of the descriptors of the modality.
    case places(String, meanIoU: Double)
  }

  let kind: Kind
  let scores: ClusteringScores

  /// The baselines of a run's data, none where no label is known.
  static func all(_ experiment: Experiment, _ network: ClusteringNetwork) throws -> [Baseline] {
    guard network.isDense else {
      return try [Baseline(.samples, experiment), Baseline(.features, experiment, network)].compactMap { $0 }
    }
    return try PlaceBaseline.all(experiment).map {
      Baseline(kind: .places($0.name, meanIoU: $0.meanIoU), scores: $0.scores)
    }
  }

  init(kind: Kind, scores: ClusteringScores) { (self.kind, self.scores) = (kind, scores) }

  /// k-means on the samples as they are or, with a network, on its features; nil without labels.
  init?(_ kind: Kind, _ experiment: Experiment, _ network: ClusteringNetwork? = nil) throws {
    let items = experiment.evaluatedItems
    let known = items.indices.filter { (experiment.scoredLabels?[items[$0]] ?? -1) >= 0 }
    guard let labels = experiment.scoredLabels, !known.isEmpty else { return nil }
    let points =
      if let network {
        try experiment.headInputs(of: network, items)
      } else {
        try experiment.dataset.samples(at: items[...]).reshaped([items.count, -1])
      }
    let random = RandomStream(seed: experiment.configuration.training.seed).child("k-means")
    let found = try KMeans(clusters: experiment.configuration.heads.main.clusters)(points, random: random)
    let scores = try ClusteringScores(
      clusters: known.map { found.clusters[$0] }, classes: known.map { labels[items[$0]] })
    self.init(kind: kind, scores: scores)
  }

  /// Its row in the table of figures.
  var row: (name: String, scores: [Double]?) {
    switch kind {
    case .samples: ("k-means on samples", [scores.acc, scores.nmi, scores.ari])
    case .features: ("k-means on features", [scores.acc, scores.nmi, scores.ari])
    case .pixels: ("k-means on pixels", [scores.acc, scores.nmi, scores.ari])
    case .places(let name, let meanIoU):
      ("k-means on \(name)", [scores.acc, scores.accManyToOne, meanIoU])
    }
  }
}
