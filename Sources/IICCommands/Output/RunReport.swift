import IICCore
import Torch

/// The figures of a run as programs read them.
struct RunReport: Encodable {
  let run: String
  let dataset: String
  let figures: EvaluationReport
  private var training: TrainingRun.Result?
  private var kMeans: (key: CodingKeys, scores: ClusteringScores)?
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
  func adding(training: TrainingRun.Result, kMeans: ClusteringScores? = nil) -> RunReport {
    var copy = self
    copy.training = training
    copy.kMeans = kMeans.map { (.kMeansOnPixels, $0) }
    return copy
  }

  /// The same with k-means on the samples.
  func adding(kMeans: ClusteringScores) -> RunReport {
    var copy = self
    copy.kMeans = (.kMeans, kMeans)
    return copy
  }

  private enum CodingKeys: String, CodingKey {
    case run, dataset, seed, warnings, classes
    case kMeans = "kmeans"
    case kMeansOnPixels = "kmeans_pixels"
    case trainingSeconds = "training_seconds"
    case pairsPerSecond = "pairs_per_second"
  }

  private enum ScoreKeys: String, CodingKey { case acc, nmi, ari }

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
    guard let kMeans else { return }
    var scores = container.nestedContainer(keyedBy: ScoreKeys.self, forKey: kMeans.key)
    try scores.encode(kMeans.scores.acc, forKey: .acc)
    try scores.encode(kMeans.scores.nmi, forKey: .nmi)
    try scores.encode(kMeans.scores.ari, forKey: .ari)
  }

  /// The items in each cluster, and the groups if there are any, for people.
  var clusterLines: String {
    func line(_ name: String, _ count: Int, _ counts: [Int]) -> String {
      "\(count) \(name) in \(counts.count) clusters of \(counts.map(String.init).joined(separator: ", "))"
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

/// How well k-means does on the samples as they are, or nil without labels.
func kMeansScores(_ experiment: Experiment) throws -> ClusteringScores? {
  let items = experiment.evaluatedItems
  let known = items.indices.filter { (experiment.dataset.labels?[items[$0]] ?? -1) >= 0 }
  guard let labels = experiment.dataset.labels, !known.isEmpty else { return nil }
  let points = try experiment.dataset.samples(at: items[...]).reshaped([items.count, -1])
  let random = RandomStream(seed: experiment.configuration.training.seed).child("k-means")
  let found = try KMeans(clusters: experiment.configuration.heads.main.clusters)(points, random: random)
  return try ClusteringScores(
    clusters: known.map { found.clusters[$0] }, classes: known.map { labels[items[$0]] })
}
