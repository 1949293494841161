import IICCore

/// The figures of a run as programs read them.
struct RunReport: Encodable {
  let run: String
  let dataset: String
  let figures: EvaluationReport
  private var training: TrainingRun.Result?
  private var kMeans: ClusteringScores?
  private let seed: Int

  init(_ folder: RunFolder, _ experiment: Experiment, _ figures: EvaluationReport) {
    run = folder.path
    dataset = experiment.configuration.name
    seed = experiment.configuration.training.seed
    self.figures = figures
  }

  /// The same with what only a command that trains knows.
  func adding(training: TrainingRun.Result, kMeans: ClusteringScores? = nil) -> RunReport {
    var copy = self
    copy.training = training
    copy.kMeans = kMeans
    return copy
  }

  private enum CodingKeys: String, CodingKey {
    case run, dataset, seed
    case kMeans = "kmeans_pixels"
    case trainingSeconds = "training_seconds"
    case pairsPerSecond = "pairs_per_second"
  }

  private enum ScoreKeys: String, CodingKey { case acc, nmi, ari }

  func encode(to encoder: any Encoder) throws {
    try figures.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(run, forKey: .run)
    try container.encode(dataset, forKey: .dataset)
    guard let training else { return }
    try container.encode(seed, forKey: .seed)
    try container.encode(training.trainingSeconds, forKey: .trainingSeconds)
    try container.encode(training.pairsPerSecond, forKey: .pairsPerSecond)
    guard let kMeans else { return }
    var scores = container.nestedContainer(keyedBy: ScoreKeys.self, forKey: .kMeans)
    try scores.encode(kMeans.acc, forKey: .acc)
    try scores.encode(kMeans.nmi, forKey: .nmi)
    try scores.encode(kMeans.ari, forKey: .ari)
  }

  /// The items in each cluster, for people.
  var clusterLine: String {
    "\(figures.items) items in \(figures.clusters) clusters of "
      + figures.clusterCounts.map(String.init).joined(separator: ", ")
  }

  /// What is said below the table.
  func summary(_ result: TrainingRun.Result) -> String {
    """
    \(clusterLine)
    training \(Int(result.trainingSeconds.rounded())) s, \(Int(result.pairsPerSecond)) pairs/s; best epoch \
    \(result.bestEpoch + 1)
    run folder \(run)
    """
  }
}
