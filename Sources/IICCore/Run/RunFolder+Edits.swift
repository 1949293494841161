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
    guard FileManager.default.fileExists(atPath: edits.path(percentEncoded: false)) else { return nil }
    return try Self.readEdits(at: edits)
  }

  private static func readEdits(at url: URL) throws(UserError) -> ClusterEdits {
    let path = url.path(percentEncoded: false)
    do {
      return try JSONDecoder().decode(ClusterEdits.self, from: Data(contentsOf: url))
    } catch {
      throw UserError("\(path): cannot be read: \((error as? UserError)?.problem ?? "\(error)".excerpt(300))")
    }
  }

  /// Takes what was said elsewhere, as on the page of a report, in place of what was said here. Throws, and changes nothing,
  /// if it is of other clusters or does not fit.
  func takeEdits(
    from url: URL, of heads: HeadsConfiguration, subhead: Int, weights: URL
  ) throws(UserError) {
    let said = try Self.readEdits(at: url)
    let source = url.path(percentEncoded: false)
    guard let hash = try? SHA256.hash(of: weights), hash == said.weightsSHA256, subhead == said.subhead else {
      throw UserError(
        "\(source): found edits of sub-head \(said.subhead) of weights \(said.weightsSHA256.prefix(16))…; expected such of "
          + "sub-head \(subhead) of \(weights.path(percentEncoded: false))")
    }
    do {
      _ = try EditedClusters(main: heads.main.clusters, auxiliary: heads.auxiliary?.clusters ?? 0, said)
    } catch {
      throw UserError("\(source): \(error.problem)")
    }
    do {
      try write(json: said, to: edits)
    } catch {
      throw UserError("\(edits.path(percentEncoded: false)): cannot be written: \(error)")
    }
  }
}
