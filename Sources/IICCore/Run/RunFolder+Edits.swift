public import Files
import Foundation

extension RunFolder {
  /// Takes back all that was said of the clusters.
  public func removeEdits() throws(UserError) {
    let path = edits.path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: path) else { return }
    do {
      try FileManager.default.removeItem(at: edits)
    } catch {
      throw UserError("\(path): cannot be removed: \(error.localizedDescription)")
    }
  }

  /// The clusters of a run as a person left them.
  public struct Edits {
    /// The clusters.
    public var clusters: EditedClusters
    /// What was said; nil if nothing, or nothing of these clusters.
    public var said: ClusterEdits?
    /// Why what was said is left aside, a line each.
    public var warnings: [String] = []
  }

  /// What was said of the clusters that a sub-head gives with some weights.
  func edits(of heads: HeadsConfiguration, subhead: Int, weights: URL) throws(UserError) -> Edits {
    let (main, auxiliary) = (heads.main.clusters, heads.auxiliary?.clusters ?? 0)
    var edits = Edits(clusters: EditedClusters(main: main, auxiliary: auxiliary))
    guard let said = try readEdits() else { return edits }
    guard let hash = try? SHA256.hash(of: weights), hash == said.weightsSHA256 else {
      edits.warnings = [
        "\(path)/edits.json is left aside: it is of other weights than \(weights.lastPathComponent)"
      ]
      return edits
    }
    guard subhead == said.subhead else {
      edits.warnings = [
        "\(path)/edits.json is left aside: it is of the clusters of sub-head \(said.subhead), not of \(subhead)"
      ]
      return edits
    }
    do {
      edits.clusters = try EditedClusters(main: main, auxiliary: auxiliary, said)
    } catch {
      throw UserError("\(path)/edits.json: \(error.problem)")
    }
    edits.said = said
    return edits
  }

  /// What a person said of the clusters; nil if nothing.
  public func readEdits() throws(UserError) -> ClusterEdits? {
    let path = edits.path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      return try JSONDecoder().decode(ClusterEdits.self, from: Data(contentsOf: edits))
    } catch {
      throw UserError("\(path): cannot be read: \((error as? UserError)?.problem ?? "\(error)".excerpt(300))")
    }
  }
}
