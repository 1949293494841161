import ArgumentParser
import Foundation
import IICCore
import Torch

/// The paper's recipes that are timed.
enum ThroughputRecipe: String, ExpressibleByArgument, CaseIterable {
  case mnist, stl10
  case cocoStuff3 = "coco-stuff-3"
  case cocoStuff15 = "coco-stuff-15"
  case potsdam3 = "potsdam-3"
  case potsdam6 = "potsdam-6"

  /// What a recipe of segmentation is made of; nil for those of items.
  var dense: DenseRecipe? {
    switch self {
    case .mnist, .stl10: nil
    case .cocoStuff3: DenseRecipe(side: 128, channels: 3, batch: 120, main: 3, auxiliary: 15, lambda: 1.5)
    case .cocoStuff15: DenseRecipe(side: 128, channels: 3, batch: 60, main: 15, auxiliary: 45)
    case .potsdam3: DenseRecipe(side: 200, channels: 4, batch: 75, main: 3, auxiliary: 24, lambda: 1.5)
    case .potsdam6: DenseRecipe(side: 200, channels: 4, batch: 60, main: 6, auxiliary: 36, displacement: 5)
    }
  }

  var repeats: Int { dense == nil ? 5 : 1 }

  /// The pairs in a step where nobody says otherwise.
  var batch: Int { dense?.batch ?? 700 }

  private var shape: [Int] {
    if let dense { return [dense.side, dense.side, dense.channels + 1] }
    return self == .mnist ? [28, 28, 1] : [96, 96, 3]
  }

  /// The recipe as a manifest; its data is given apart.
  var manifest: String {
    if let dense { return dense.manifest(name: rawValue) }
    return self == .mnist
      ? """
      name: throughput-mnist
      modality: image
      data: {source: ., images: [none]}
      views:
        size: 24
        base: {crop: [20], randomPlace: 0.5}
        transformed: {rotation: 25, crop: [16, 20, 24], randomPlace: 1, shift: 0, flip: 0, jitter: 0.4}
      encoder: {name: ClusterNet6c}
      heads: {main: {clusters: 10, start: 0}, auxiliary: {clusters: 50, deviation: 0.01}, normalise: false}
      training: {epochs: 1, repeats: 5, learningRate: 1e-4, scheme: inTurn}
      """
      : """
      name: throughput-stl10
      modality: image
      data: {source: ., images: [none]}
      views:
        size: 64
        input: sobel
        base: {crop: [64], randomPlace: 1}
        transformed:
          {rotation: 0, crop: [64], randomPlace: 1, shift: 0, flip: 0.5, jitter: 0.4, saturation: 0.4, hue: 0.125}
      encoder: {name: ClusterNet5g}
      heads: {main: {clusters: 10, start: 0}, auxiliary: {clusters: 70, deviation: 0.01}, normalise: false}
      training: {epochs: 1, repeats: 5, learningRate: 1e-4, scheme: inTurn}
      """
  }

  /// Random bytes of the recipe's shape: only time and memory are measured.
  func dataset(items: Int, cache: SampleCache) throws -> Dataset {
    try cache.dataset(sources: [], decoding: "random \(rawValue) \(items)", contentHash: "seed 0") { writer in
      var numbers = RandomStream(seed: 0).numbers()
      let size = shape.reduce(1, *)
      for _ in 0..<items {
        try writer.append((0..<size).map { _ in UInt8(truncatingIfNeeded: numbers.next()) | 1 })
      }
      return DatasetDescription(shape: shape, element: .uint8, ids: (0..<items).map { "\($0)" })
    }
  }
}

/// A published recipe of segmentation.
struct DenseRecipe {
  let side, channels, batch, main, auxiliary: Int
  var lambda = 1.0
  var displacement = 10

  fileprivate func manifest(name: String) -> String {
    """
    name: throughput-\(name)
    modality: segmentation
    data: {source: .}
    views: {input: \(channels == 3 ? "plain+sobel" : "plain"), transformed: {flip: 0.5, jitter: 0.4}}
    encoder: {name: SegmentationNet10a}
    objective: {name: dense, displacement: \(displacement)}
    heads:
      main: {clusters: \(main), subheads: 1, lambda: \(lambda), deviation: 0.0625, start: 0}
      auxiliary: {clusters: \(auxiliary), subheads: 1, deviation: 0.0625}
      normalise: false
    training: {epochs: 1, repeats: 1, learningRate: 1e-4, scheme: inTurn}
    """
  }
}

/// The joint of a recipe's auxiliary head by itself, forward and backward through the loss, on random maps.
struct JointTrial {
  private let objective: DenseObjective
  private let view: View
  private let maps: [Tensor]

  /// Draws maps of a recipe.
  init(_ recipe: DenseRecipe, images: Int) throws {
    try self.init(
      images: images, clusters: recipe.auxiliary, side: recipe.side, displacement: recipe.displacement)
  }

  /// Draws maps `[images, 1, clusters, side, side]`.
  init(images: Int, clusters: Int, side: Int, displacement: Int) throws {
    let generator = try RandomGenerator(seed: 0)
    maps = try (0..<2).map { _ in
      try generator.normal([images, 1, clusters, side, side]).softmax(along: 2)
    }
    view = try View(.zeros([images, 1, side, side]))
    objective = DenseObjective(
      [HeadConfiguration(name: "main", clusters: clusters, subheads: 1)], displacement: displacement)
  }

  /// The memory of the maps' gradients, bytes.
  var gradientBytes: Int { maps.reduce(0) { $0 + 4 * $1.shape.reduce(1, *) } }

  /// The median time of forward and backward, seconds.
  func seconds(rounds: Int) throws -> Double {
    try (0..<rounds).map { _ in
      // Leaves of their own: gradients of rounds are not added up.
      let leaves = try maps.map { map in
        let leaf = try map.detached()
        try leaf.requireGradient()
        return leaf
      }
      let outputs = PairOutputs(
        views: ViewPair(base: view, transformed: view),
        base: SideOutputs(features: leaves[0], heads: ["main": leaves[0]]),
        transformed: SideOutputs(features: leaves[1], heads: ["main": leaves[1]]))
      let start = ContinuousClock.now
      try objective(outputs, .training).total.backward()
      return (ContinuousClock.now - start) / .seconds(1)
    }.sorted()[rounds / 2]
  }
}

/// Times the joint of dense maps alone.
struct JointBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "joint",
    abstract: "Times the joint of segmentation over all displacements, forward and backward, on random maps.",
    discussion: """
      Prints one JSON object: the median seconds of the rounds, and by how much the peak memory grew, of which the \
      maps' gradients are a part.
      """)

  @Option(help: "Images.") var images = 8
  @Option(help: "K, the clusters.") var clusters = 24
  @Option(help: "The side of the maps, places.") var side = 64
  @Option(help: "d, the largest displacement, places.") var displacement = 10
  @Option(help: "Timed rounds; one more comes first.") var rounds = 5
  @Option(help: "Threads; if absent, one per core.") var threads: Int?
  @Flag(help: "Print figures as one JSON object, on one line; without it they are printed so, too.") var json =
    false

  private struct Figures: Encodable {
    let images, clusters, side, displacement, threads: Int
    let seconds, grownGigabytes, gradientGigabytes: Double

    private enum CodingKeys: String, CodingKey {
      case images, clusters, side, displacement, threads, seconds
      case grownGigabytes = "grown_gb"
      case gradientGigabytes = "gradients_gb"
    }
  }

  func validate() throws {
    for (name, value, least) in [
      ("images", images, 1), ("clusters", clusters, 2), ("displacement", displacement, 0), ("rounds", rounds, 1),
      ("side", side, displacement + 1),
    ] where value < least {
      throw ValidationError("--\(name): found \(value); expected \(least) or more")
    }
  }

  func run() throws {
    try reportingErrors {
      try Runtime.prepare(threads: threads)
      let trial = try JointTrial(images: images, clusters: clusters, side: side, displacement: displacement)
      let before = try Throughput.peakMemory()
      _ = try trial.seconds(rounds: 1)
      let seconds = try trial.seconds(rounds: rounds)
      try Console.printJSON(
        Figures(
          images: images, clusters: clusters, side: side, displacement: displacement, threads: Runtime.threads,
          seconds: seconds, grownGigabytes: Throughput.peakMemory() - before,
          gradientGigabytes: Double(trial.gradientBytes) / 1e9))
    }
  }
}
