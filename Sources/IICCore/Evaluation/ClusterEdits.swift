public import Files

/// What a person says of a run's clusters, in the order in which it was said: `edits.json`.
///
/// Numbers of clusters stay what they are: a merged cluster keeps the lowest of its numbers, the parts of one that was split
/// get new ones behind all that there were.
public struct ClusterEdits: Sendable, Codable, Equatable {
  /// One thing that is said.
  public enum Edit: Sendable, Equatable {
    /// A cluster is called so.
    case rename(cluster: Int, name: String)
    /// Clusters are one.
    case merge([Int], name: String?)
    /// A cluster falls into parts, by the auxiliary head's cluster of an item: `parts[c]` is the part of those in c.
    case split(cluster: Int, parts: [Int])
    /// A cluster is shown in this colour, `#rrggbb`.
    case colour(cluster: Int, colour: String)
  }

  /// The version of the file.
  static let currentVersion = 1

  private var version = currentVersion
  /// The sub-head whose clusters they are of.
  public let subhead: Int
  /// The SHA-256 of the weights that give these clusters.
  public let weightsSHA256: String
  /// What was said.
  public private(set) var edits: [Edit] = []

  private enum CodingKeys: String, CodingKey {
    case version, subhead, edits
    case weightsSHA256 = "weights_sha256"
  }

  /// Nothing said yet of the clusters of a sub-head.
  public init(subhead: Int, weightsSHA256: String) {
    (self.subhead, self.weightsSHA256) = (subhead, weightsSHA256)
  }

  /// Reads a file. Throws if it is of a newer program.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    version = try container.decode(Int.self, forKey: .version)
    guard version == Self.currentVersion else {
      throw UserError("found version \(version); expected \(Self.currentVersion)")
    }
    subhead = try container.decode(Int.self, forKey: .subhead)
    weightsSHA256 = try container.decode(String.self, forKey: .weightsSHA256)
    edits = try container.decode([Edit].self, forKey: .edits)
  }

  /// Adds an edit. Throws, and changes nothing, if it does not fit `clusters`, which are those of all edits before.
  public mutating func add(_ edit: Edit, to clusters: inout EditedClusters) throws(UserError) {
    try clusters.apply(edit)
    edits.append(edit)
  }

  /// Takes the last edit back; nil if there is none.
  public mutating func undo() -> Edit? { edits.popLast() }
}

extension ClusterEdits.Edit: Codable {
  private enum CodingKeys: String, CodingKey { case kind, cluster, clusters, name, parts, colour }
  private enum Kind: String, Codable { case rename, merge, split, colour }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func cluster() throws -> Int { try container.decode(Int.self, forKey: .cluster) }
    switch try container.decode(Kind.self, forKey: .kind) {
    case .rename: self = .rename(cluster: try cluster(), name: try container.decode(String.self, forKey: .name))
    case .merge:
      self = .merge(
        try container.decode([Int].self, forKey: .clusters),
        name: try container.decodeIfPresent(String.self, forKey: .name))
    case .split: self = .split(cluster: try cluster(), parts: try container.decode([Int].self, forKey: .parts))
    case .colour:
      self = .colour(cluster: try cluster(), colour: try container.decode(String.self, forKey: .colour))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .rename(let cluster, let name):
      try container.encode(Kind.rename, forKey: .kind)
      try container.encode(cluster, forKey: .cluster)
      try container.encode(name, forKey: .name)
    case .merge(let clusters, let name):
      try container.encode(Kind.merge, forKey: .kind)
      try container.encode(clusters, forKey: .clusters)
      try container.encodeIfPresent(name, forKey: .name)
    case .split(let cluster, let parts):
      try container.encode(Kind.split, forKey: .kind)
      try container.encode(cluster, forKey: .cluster)
      try container.encode(parts, forKey: .parts)
    case .colour(let cluster, let colour):
      try container.encode(Kind.colour, forKey: .kind)
      try container.encode(cluster, forKey: .cluster)
      try container.encode(colour, forKey: .colour)
    }
  }
}
