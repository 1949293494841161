import IICCore
import Torch

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
