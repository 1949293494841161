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
  /// The standard deviation of its initial weights.
  public let deviation: Double
  /// The parts of the data it is trained on; nil is all of it.
  public let parts: [String]?
  /// How often it goes through them in an epoch, when heads are trained in turn.
  public let passes: Int
  /// The part of the run after which it begins to learn, from 0 to below 1.
  public let start: Double
  /// Where its clusters come from then.
  public let startFrom: HeadStart

  /// Makes a head's configuration.
  public init(
    name: String, clusters: Int, subheads: Int = 5, lambda: Double = 1, weight: Double = 1,
    deviation: Double = standardDeviation, parts: [String]? = nil, passes: Int = 1, start: Double = 0,
    startFrom: HeadStart = .random
  ) {
    self.name = name
    self.clusters = clusters
    self.subheads = subheads
    self.lambda = lambda
    self.weight = weight
    self.deviation = deviation
    self.parts = parts
    self.passes = passes
    self.start = start
    self.startFrom = startFrom
  }

  init(_ name: String, from section: SectionReader) throws(ManifestError) {
    self.name = name
    clusters = try section.integer("clusters", in: 2...4096, "K, the number of clusters")
    subheads = try section.integer(
      "subheads", default: 5, in: 1...64, "S, the number of heads that differ in initialisation")
    lambda = try section.number(
      "lambda", default: 1, in: Self.lambdas, "weight of the marginals' entropy; above 1 evens clusters out")
    weight = try section.number("weight", default: 1, in: .positive, "weight of this head's loss")
    deviation = try section.number(
      "deviation", default: Self.standardDeviation, in: 0.0001...10,
      "standard deviation of its initial weights; above 0.01, the paper's, more clusters are in use from the start")
    parts = try section.strings("parts", default: nil, "parts of the data it is trained on; if absent, all of it")
    passes = try section.integer(
      "passes", default: 1, in: 1...1000, "how often it goes through its data in an epoch, with scheme inTurn")
    start = try section.number(
      "start", default: 0, in: 0...0.99,
      "part of the run after which it begins to learn; until then the other head prepares the encoder")
    startFrom =
      name == HeadsConfiguration.main
      ? try section.choice(
        "startFrom", default: .random,
        "where its first clusters come from: random weights, or the auxiliary head's clusters, merged")
      : .random
  }

  /// The epoch in which it begins to learn, counted from 0, of a run of so many.
  func startEpoch(of epochs: Int) -> Int { Int(start * Double(epochs)) }
}

/// The heads of a manifest.
public struct HeadsConfiguration: Sendable, ManifestSection {
  /// The name of the head whose clusters are the result.
  public static let main = "main"
  /// The head whose clusters are the result.
  public let main: HeadConfiguration
  /// The overclustering head, if there is one.
  public let auxiliary: HeadConfiguration?

  /// The main head, then the auxiliary one.
  public var all: [HeadConfiguration] { [main] + (auxiliary.map { [$0] } ?? []) }

  public init(from section: SectionReader) throws(ManifestError) {
    main = try section.section("main", "the head whose clusters are the result") {
      section throws(ManifestError) in try HeadConfiguration(Self.main, from: section)
    }
    auxiliary = try section.section(
      "auxiliary", default: nil, "an overclustering head that helps the encoder and is not used afterwards"
    ) { section throws(ManifestError) in try HeadConfiguration("auxiliary", from: section) }
    try section.check(
      all.contains { $0.start == 0 }, "main.start",
      "found \(main.start); expected 0, or an auxiliary head with start 0 that learns until then")
    guard main.startFrom == .auxiliary else { return }
    try section.check(
      main.deviation == HeadConfiguration.standardDeviation, "main.deviation",
      "found \(main.deviation); a head that starts from the auxiliary one has no random weights: leave the key out")
    try section.check(
      auxiliary.map { $0.start < main.start } ?? false, "main.startFrom",
      "found auxiliary; expected main.start above 0 and an auxiliary head that learns until then")
    try section.check(
      auxiliary.map { $0.clusters >= main.clusters && $0.subheads >= main.subheads } ?? false, "main.startFrom",
      "found auxiliary; expected an auxiliary head with at least \(main.clusters) clusters and "
        + "\(main.subheads) subheads")
  }
}
