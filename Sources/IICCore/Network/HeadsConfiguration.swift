public import Manifest

/// The heads of a manifest.
public struct HeadsConfiguration: Sendable, ManifestSection {
  /// The name of the head whose clusters are the result.
  public static let main = "main"
  /// The name of the head that helps the encoder.
  static let auxiliary = "auxiliary"
  /// The head whose clusters are the result.
  public private(set) var main: HeadConfiguration
  /// The overclustering head, if there is one.
  public let auxiliary: HeadConfiguration?
  /// Whether features are normalised before the heads: see `ClusteringNetwork`.
  public let normalise: Bool
  /// The main head with random clusters from the first epoch on, where the manifest says nothing of its start.
  private let randomMain: HeadConfiguration?

  /// The main head, then the auxiliary one.
  public var all: [HeadConfiguration] { [main] + (auxiliary.map { [$0] } ?? []) }

  /// A main head of so many clusters, and the defaults: an auxiliary head that learns first.
  public init(clusters: Int) {
    let keys = HeadKeys(clusters: clusters)
    let auxiliary = HeadConfiguration(auxiliary: HeadKeys(beside: keys))
    self.auxiliary = auxiliary
    main = HeadConfiguration(main: keys, beside: auxiliary)
    randomMain = HeadConfiguration(main: keys, beside: nil)
    normalise = true
  }

  /// These heads.
  public init(main: HeadConfiguration, auxiliary: HeadConfiguration?, normalise: Bool = true) {
    (self.main, self.auxiliary, self.normalise, randomMain) = (main, auxiliary, normalise, nil)
  }

  public init(from section: SectionReader) throws(ManifestError) {
    let keys = try section.section("main", "the head whose clusters are the result") {
      section throws(ManifestError) in try HeadKeys(from: section)
    }
    auxiliary = try section.sectionUnlessNull(
      "auxiliary",
      "an overclustering head that helps the encoder and is not used afterwards; if absent, one of defaults; null for "
        + "none"
    ) { section throws(ManifestError) in HeadConfiguration(auxiliary: try HeadKeys(from: section, beside: keys)) }
    normalise = try section(
      "normalise", .boolean, default: true,
      "whether each feature is moved and scaled to mean 0 and deviation 1 before the heads")
    main = HeadConfiguration(main: keys, beside: auxiliary)
    randomMain = keys.saysStart ? nil : HeadConfiguration(main: keys, beside: nil)
    try section.check(
      all.contains { $0.start == 0 }, "main.start",
      "found \(main.start); expected 0, or an auxiliary head with start 0 that learns until then")
    guard main.startFrom == .auxiliary else { return }
    try section.check(
      keys.hidden == nil, "main.hidden",
      "found \(main.hidden ?? 0); a head that starts from the auxiliary one is a linear map as that: leave the key out, or "
        + "set main.startFrom: random")
    try section.check(
      keys.deviation == nil || main.deviation == HeadConfiguration.standardDeviation, "main.deviation",
      "found \(main.deviation); a head that starts from the auxiliary one has no random weights: leave the key out")
    try section.check(
      auxiliary.map { $0.start < main.start } ?? false, "main.startFrom",
      "found auxiliary; expected main.start above 0 and an auxiliary head that learns until then")
    try section.check(
      auxiliary.map { $0.clusters >= main.clusters && $0.subheads >= main.subheads } ?? false, "main.startFrom",
      "found auxiliary; expected an auxiliary head with at least \(main.clusters) clusters and "
        + "\(main.subheads) subheads")
  }

  /// The heads for a run that compares initialisations by the main head's loss after so many epochs: where the manifest
  /// leaves the start open, the main head begins before that.
  func comparable(after epochs: Int, of all: Int) -> HeadsConfiguration {
    guard let randomMain, main.startEpoch(of: all) >= epochs else { return self }
    var heads = self
    heads.main = randomMain
    return heads
  }

  /// The values that absent keys have here, as overrides of a manifest, so that a run's manifest names them.
  var decided: [String] {
    var values = ["main.start=\(main.start)", "main.startFrom=\(main.startFrom.rawValue)"]
    if main.startFrom == .random { values.append("main.deviation=\(main.deviation)") }
    if let auxiliary {
      values += [
        "auxiliary.clusters=\(auxiliary.clusters)", "auxiliary.subheads=\(auxiliary.subheads)",
        "auxiliary.deviation=\(auxiliary.deviation)", "auxiliary.start=\(auxiliary.start)",
      ]
    }
    return values.map { "heads.\($0)" }
  }
}
