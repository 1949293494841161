import Torch

/// k-means on what a place looks like by itself: what a segmentation without labels is to be compared with.
public struct PlaceBaseline: Sendable {
  /// What places were clustered by.
  public let name: String
  /// The figures over all places whose class is known.
  public let scores: ClusteringScores
  /// The mean intersection over union of the classes, under the one-to-one matching.
  public let meanIoU: Double

  /// k-means looks at so many places, evenly spaced; all are assigned.
  private static let fittedPlaces = 50_000

  /// Clusters the places of an experiment's evaluated items by each descriptor that its modality has. Empty where no class
  /// of a place is known.
  public static func all(_ experiment: Experiment) throws -> [PlaceBaseline] {
    let modality = experiment.configuration.modality
    let pieces = experiment.evaluationPieces(of: experiment.evaluatedItems)
    guard let first = pieces.first else { return [] }
    let names = try modality.placeDescriptors(of: experiment.dataset.samples(at: first)).map(\.name)
    let random = RandomStream(seed: experiment.configuration.training.seed).child("k-means")
    let method = KMeans(clusters: experiment.configuration.heads.main.clusters)
    let classes = experiment.dataset.description.classNames?.count
    var baselines: [PlaceBaseline] = []
    for (place, name) in names.enumerated() {
      /// Places of a piece, `[places, D]`.
      func points(_ items: ArraySlice<Int>) throws -> (points: Tensor, samples: Tensor) {
        let samples = try experiment.dataset.samples(at: items)
        let maps = try modality.placeDescriptors(of: samples)[place].values
        return (try maps.permuted([0, 2, 3, 1]).reshaped([-1, maps.shape[1]]), samples)
      }
      var fitted: [Tensor] = []
      for items in pieces {
        let found = try points(items).points
        let count = min(found.shape[0], max(1, Self.fittedPlaces / pieces.count))
        let step = Double(found.shape[0]) / Double(count)
        let places = (0..<count).map { Int(Double($0) * step) }
        fitted.append(try found.selecting(Tensor(places)))
      }
      let all = try Tensor.concatenated(fitted)
      let centres = try method.centres(of: all, clusters: method(all, random: random.child(name)).clusters)
      var table = PlaceAssignments(
        items: experiment.evaluatedItems, subheads: 1, clusters: method.clusters, classes: classes)
      for items in pieces {
        let (found, samples) = try points(items)
        guard let known = try modality.placeClasses(of: samples) else { return [] }
        try table.add(
          KMeans.nearest(found, centres).integers(), places: found.shape[0] / items.count, classes: known.integers()
        )
      }
      guard let table = try table.contingency(subhead: 0) else { return [] }
      let values = table.intersectionsOverUnion(of: table.matchedClasses())
      baselines.append(
        PlaceBaseline(
          name: name, scores: ClusteringScores(table), meanIoU: values.reduce(0, +) / Double(values.count)))
    }
    return baselines
  }
}
