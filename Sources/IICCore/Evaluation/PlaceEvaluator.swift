import Files
import Torch

/// Runs a dense network over items of a dataset: the cluster of every place.
struct PlaceEvaluator {
  /// The loss is measured on at most about so many places, of items evenly spaced.
  private static let lossPlaces = 1 << 23

  let network: ClusteringNetwork
  let modality: any Modality
  let dataset: Dataset
  let items: [Int]
  let head: HeadConfiguration
  let objective: any Objective
  let pass: Pass
  let device: Device
  let seed: Int
  /// About how many items pass together.
  let itemsPerPiece: Int

  /// Counts the clusters of all places, and measures each sub-head's loss.
  func assignments() throws -> PlaceAssignments {
    try withoutGradients { () throws in
      var found = PlaceAssignments(
        items: items, subheads: head.subheads, clusters: head.clusters,
        classes: dataset.description.classNames?.count)
      let pieces = dataset.description.pieces(of: items, about: itemsPerPiece)
      for indices in pieces {
        let samples = try dataset.samples(at: indices).to(device)
        let sums = try network.probabilities(modality.evaluationViews(of: samples), pass, of: [head.name])
        guard let likely = sums[head.name] else { continue }  // [n, S, K, H, W]
        let clusters = try likely.argmax(along: 2).to(.cpu).integers()  // [n, S, H, W]
        let shape = likely.shape
        let classes = try modality.placeClasses(of: samples)
        if let classes, classes.shape != [shape[0], shape[3], shape[4]], classes.shape != [shape[0], shape[4]] {
          throw TorchError(
            operation: "evaluate",
            message: "found classes of places \(classes.shape) for maps of \(shape[3]) x \(shape[4])")
        }
        try found.add(clusters, places: shape[3] * shape[4], classes: classes?.to(.cpu).integers())
      }
      guard !pieces.isEmpty else { throw UserError("there are no items to cluster", key: "evaluation") }
      found.losses = try losses(pieces)
      return found
    }
  }

  /// The loss of each sub-head, over pairs of some pieces that derive from the seed.
  private func losses(_ pieces: [ArraySlice<Int>]) throws -> [Double] {
    let random = RandomStream(seed: seed).child("evaluation")
    let source = PairSource(modality, dataset, device: device)
    let summed = objective as? any SummedObjective ?? DenseObjective([head], displacement: 0)
    var sums: [String: Tensor] = [:]
    var step = 1
    var place = 0
    while place < pieces.count {
      let indices = pieces[place]
      let pair = try source.pairs(of: indices, repeats: 1, random: random.child("views", indices.startIndex))
      let outputs = try network.outputs(pair, pass, of: [head.name])
      if place == 0 {
        let places = pair.base.values.shape.dropFirst(2).reduce(indices.count, *)
        step = max(1, pieces.count * places / Self.lossPlaces)
      }
      for (name, part) in try summed.sums(outputs) { sums[name] = try sums[name].map { try $0 + part } ?? part }
      place += step
    }
    return try summed.value(of: sums).parts[head.name]?.doubles() ?? []
  }
}

/// What a network says of the places of a dataset's items.
public struct PlaceAssignments: Sendable {
  /// The items, by their places in the dataset.
  public let items: [Int]
  /// K, the number of clusters.
  public let clusterCount: Int
  /// The loss of each sub-head, nats.
  public internal(set) var losses: [Double] = []
  /// The sub-head that was chosen before these items were looked at; nil if none was.
  public internal(set) var chosenBefore: Int?
  /// The places of each cluster of each sub-head in each item, `[items, S, K]`; those that show nothing count nowhere.
  public private(set) var counts: [Int32] = []
  /// The places of each cluster and class, `[S, K, C]`.
  public private(set) var table: [Int] = []
  private let subheads: Int
  /// C, the number of classes.
  private let classes: Int

  /// The most classes where their number is not known beforehand.
  private static let mostClasses = 256

  init(items: [Int], subheads: Int, clusters: Int, classes: Int?) {
    (self.items, self.subheads, clusterCount) = (items, subheads, clusters)
    self.classes = classes ?? Self.mostClasses
    table = Array(repeating: 0, count: subheads * clusters * self.classes)
  }

  /// Adds items' clusters `[n, S, places]` and the classes `[n, places]` of their places, as `Modality.placeClasses` has
  /// them. Throws if a class is above the data's.
  mutating func add(_ clusters: [Int], places: Int, classes found: [Int]?) throws(UserError) {
    let n = clusters.count / (subheads * places)
    var counts = [Int32](repeating: 0, count: n * subheads * clusterCount)
    for item in 0..<n {
      for subhead in 0..<subheads {
        let from = (item * subheads + subhead) * places
        let row = (item * subheads + subhead) * clusterCount
        for place in 0..<places {
          let cluster = clusters[from + place]
          guard let found else {
            counts[row + cluster] += 1
            continue
          }
          let label = found[item * places + place]
          guard label != PlaceClass.outside else { continue }
          counts[row + cluster] += 1
          guard label >= 0 else { continue }
          guard label < classes else {
            throw UserError("found class \(label) of a place; expected 0 to \(classes - 1)", key: "data.maps")
          }
          table[(subhead * clusterCount + cluster) * classes + label] += 1
        }
      }
    }
    self.counts += counts
  }

  /// The clusters of the chosen sub-head as edits leave them; nil where nobody edited any.
  public private(set) var edited: EditedClusters?

  /// The numbers of the clusters that places can be in, ascending.
  public var numbers: [Int] { edited?.numbers ?? Array(0..<clusterCount) }

  /// Takes edits of the chosen sub-head's clusters. Throws if one was split, for places are not known one by one.
  mutating func take(_ edited: EditedClusters) throws(UserError) {
    guard !edited.isSplit else {
      throw UserError("found a cluster of places that was split; expected names and merges")
    }
    self.edited = edited
    let subhead = chosen
    func merge<Count: FixedWidthInteger>(_ values: inout [Count], from start: Int, width: Int) {
      for cluster in 0..<clusterCount where edited.cluster(main: cluster) != cluster {
        for offset in 0..<width {
          let from = start + cluster * width + offset
          values[start + edited.cluster(main: cluster) * width + offset] += values[from]
          values[from] = 0
        }
      }
    }
    for item in items.indices { merge(&counts, from: (item * subheads + subhead) * clusterCount, width: 1) }
    merge(&table, from: subhead * clusterCount * classes, width: classes)
  }

  /// The sub-head whose clusters are the result: the one chosen before, or else the one of lowest loss.
  public var chosen: Int {
    chosenBefore.flatMap { losses.indices.contains($0) ? $0 : nil } ?? losses.indices.min {
      losses[$0] < losses[$1]
    }
      ?? 0
  }

  /// The places of each cluster in the item at a place of `items`, by one sub-head.
  public func counts(ofItem place: Int, subhead: Int) -> [Int] {
    let start = (place * subheads + subhead) * clusterCount
    return counts[start..<(start + clusterCount)].map { Int($0) }
  }

  /// The clusters and classes of a sub-head's places whose class is known; nil if none is.
  func contingency(subhead: Int) throws(ClusteringScoresError) -> ContingencyTable? {
    let size = clusterCount * classes
    let part = table[(subhead * size)..<((subhead + 1) * size)]
    guard part.contains(where: { $0 > 0 }) else { return nil }
    return try ContingencyTable(counts: Array(part), clusters: clusterCount, classes: classes)
  }
}

/// What stands in place of a class in `Modality.placeClasses`.
public enum PlaceClass {
  /// The class is not known.
  public static let unknown = -1
  /// Nothing is there, as where an item is filled up to its shape: the place counts nowhere.
  public static let outside = -2
}
