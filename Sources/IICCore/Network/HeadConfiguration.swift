import Manifest

/// Where a head's first clusters come from.
public enum HeadStart: String, CaseIterable, Sendable {
  /// Random weights.
  case random
  /// The auxiliary head's clusters, merged until as many are left as are wanted.
  case auxiliary
}

/// A head of a manifest: how many clusters it has and what it weighs.
public struct HeadConfiguration: Sendable {
  /// The paper's deviation of initial weights.
  public static let standardDeviation = 0.01
  /// An auxiliary head's deviation where a manifest names none: large enough that most clusters are in use from the
  /// start.
  public static let auxiliaryDeviation = 0.1
  /// When a head that starts from the auxiliary one does so where a manifest does not say.
  static let mergedStart = 0.5
  /// The most clusters of a head.
  static let mostClusters = 4096
  /// What `lambda` may be in a manifest.
  static let lambdas = 0.1...10.0

  /// `main`, whose clusters are the result, or `auxiliary`, which helps the encoder learn.
  public let name: String
  /// K, the number of clusters.
  public let clusters: Int
  /// S, the number of sub-heads.
  public let subheads: Int
  /// The weight of the marginals' entropy in the loss.
  public let lambda: Double
  /// The weight of this head's loss beside the others'.
  public let weight: Double
  /// The factor of the learning rate for this head's own weights.
  public let rate: Double
  /// The standard deviation of its initial weights.
  public let deviation: Double
  /// The width of a hidden layer before the sub-heads; nil for none.
  public let hidden: Int?
  /// The parts of the data it is trained on; nil is all of it.
  public let parts: [String]?
  /// How often it goes through them in an epoch, when heads are trained in turn.
  public let passes: Int
  /// The part of the run after which it begins to learn, from 0 to below 1.
  public let start: Double
  /// Where its clusters come from then.
  public let startFrom: HeadStart

  /// The sub-head whose clusters go with those of a sub-head of the main head, which may have begun with them merged.
  func subhead(beside main: Int) -> Int { min(main, subheads - 1) }

  /// Makes a head's configuration.
  public init(
    name: String, clusters: Int, subheads: Int = 5, lambda: Double = 1, weight: Double = 1, rate: Double = 1,
    deviation: Double = standardDeviation, hidden: Int? = nil, parts: [String]? = nil, passes: Int = 1,
    start: Double = 0,
    startFrom: HeadStart = .random
  ) {
    self.name = name
    self.clusters = clusters
    self.subheads = subheads
    self.lambda = lambda
    self.weight = weight
    self.rate = rate
    self.deviation = deviation
    self.hidden = hidden
    self.parts = parts
    self.passes = passes
    self.start = start
    self.startFrom = startFrom
  }

  /// The main head's section, beside the auxiliary head that it may begin with.
  init(main keys: HeadKeys, beside auxiliary: HeadConfiguration?) {
    let canMerge =
      auxiliary.map { $0.start == 0 && $0.clusters >= keys.clusters && $0.subheads >= keys.subheads } ?? false
    let merges =
      keys.startFrom.map { $0 == .auxiliary }
      ?? (canMerge && keys.deviation == nil && keys.hidden == nil && keys.start != 0)
    self.init(
      name: HeadsConfiguration.main, clusters: keys.clusters, subheads: keys.subheads, lambda: keys.lambda,
      weight: keys.weight, rate: keys.rate, deviation: keys.deviation ?? Self.standardDeviation,
      hidden: keys.hidden,
      parts: keys.parts, passes: keys.passes, start: keys.start ?? (merges ? Self.mergedStart : 0),
      startFrom: merges ? .auxiliary : .random)
  }

  /// The auxiliary head's section.
  init(auxiliary keys: HeadKeys) {
    self.init(
      name: HeadsConfiguration.auxiliary, clusters: keys.clusters, subheads: keys.subheads, lambda: keys.lambda,
      weight: keys.weight, rate: keys.rate, deviation: keys.deviation ?? Self.auxiliaryDeviation, parts: keys.parts,
      passes: keys.passes, start: keys.start ?? 0)
  }

  /// The epoch in which it begins to learn, counted from 0, of a run of so many.
  func startEpoch(of epochs: Int) -> Int { Int(start * Double(epochs)) }
}

/// What a manifest says of a head; nil where it leaves the choice to what it says elsewhere.
struct HeadKeys {
  var clusters, subheads: Int
  var passes = 1
  var lambda = 1.0, weight = 1.0, rate = 1.0
  var deviation, start: Double?
  var hidden: Int?
  var parts: [String]?
  var startFrom: HeadStart?

  /// A head about which nothing else is said.
  init(clusters: Int, subheads: Int = 5) { (self.clusters, self.subheads) = (clusters, subheads) }

  /// An auxiliary head about which nothing is said.
  init(beside main: HeadKeys) {
    self.init(clusters: min(5 * main.clusters, HeadConfiguration.mostClusters), subheads: main.subheads)
  }

  /// Whether the manifest says when or from what the head begins.
  var saysStart: Bool { start != nil || startFrom != nil }

  /// Reads a head's section; without `main` it is the main head's.
  init(from section: SectionReader, beside main: HeadKeys? = nil) throws(ManifestError) {
    if let main {
      clusters =
        try section(
          "clusters", .integer(in: 2...HeadConfiguration.mostClusters), default: nil,
          "K, the number of clusters; if absent, five times the main head's")
        ?? HeadKeys(beside: main).clusters
      subheads =
        try section(
          "subheads", .integer(in: 1...64), default: nil,
          "S, the number of heads that differ in initialisation; if absent, as many as the main head has")
        ?? main.subheads
    } else {
      clusters = try section(
        "clusters", .integer(in: 2...HeadConfiguration.mostClusters), "K, the number of clusters")
      subheads = try section(
        "subheads", .integer(in: 1...64), default: 5, "S, the number of heads that differ in initialisation")
    }
    lambda = try section(
      "lambda", .number(in: HeadConfiguration.lambdas), default: lambda,
      "weight of the marginals' entropy; above 1 evens clusters out")
    weight = try section("weight", .number(in: .positive), default: weight, "weight of this head's loss")
    rate = try section(
      "rate", .number(in: .positive), default: rate,
      "factor of the learning rate, throughout, for this head's own weights")
    let standard = main == nil ? HeadConfiguration.standardDeviation : HeadConfiguration.auxiliaryDeviation
    deviation = try section(
      "deviation", .number(in: 0.0001...10), default: nil,
      "standard deviation of its random initial weights; 0.01 is the paper's, with more of it more clusters are in use "
        + "from the start; if absent, \(standard)")
    hidden =
      main == nil
      ? try section(
        "hidden", .integer(in: 1...65_536), default: nil,
        "width of a hidden layer before the sub-heads: a linear map, batch normalisation and ReLU; of items, not of places; "
          + "if absent, none")
      : nil
    parts = try section(
      "parts", .list(of: .string), default: nil,
      "parts of the data it is trained on; if absent, all of it, or with scheme together the main head's")
    passes = try section(
      "passes", .integer(in: 1...1000), default: passes,
      "how often it goes through its data in an epoch, with scheme inTurn")
    start = try section(
      "start", .number(in: 0...0.99), default: nil,
      "part of the run after which it begins to learn; until then the other head prepares the encoder; if absent, "
        + (main == nil ? "0.5 for a head that starts from the auxiliary one, else 0" : "0"))
    startFrom =
      main == nil
      ? try section(
        "startFrom", .choice(of: HeadStart.self), default: nil,
        "where its first clusters come from: random weights, or the auxiliary head's clusters, merged; if absent, the "
          + "auxiliary head where that can be and start and deviation do not say otherwise")
      : nil
  }
}
