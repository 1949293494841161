import Foundation
import IICCore
import VectorModality

// Points around three centres, and three new ones.
let points = (0..<600).flatMap { (item: Int) -> [Float] in
  let (angle, noise) = (Float(item % 3) * 2.1, Float(item * 7919 % 101) / 500)
  return [cos(angle) + noise, sin(angle) - noise]
}
let data = try Dataset(samples: points, shape: [2])
let configuration = ExperimentConfiguration(
  VectorModality(noise: 0.05), heads: HeadsConfiguration(clusters: 3), training: TrainingConfiguration(epochs: 20))
let experiment = try Experiment(configuration, dataset: data)
let network = try experiment.train { _ in }
let report = try experiment.report(of: network)
print("\(report.items) points in clusters of \(report.clusterCounts)")

let new = try Dataset(samples: Array(points[0..<6]), shape: [2])
let assigner = Assigner(network, configuration, subhead: report.byLoss.subhead)
for label in try assigner.labels(of: [0, 1, 2], in: new) { print(label.cluster, label.probability) }
