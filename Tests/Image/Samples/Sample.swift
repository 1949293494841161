import Foundation
import IICCore
import ImageModality
import Manifest

/// Manifests in the repository's folder `samples`.
enum Sample {
  static let registry = Registry([ImageModality.self])

  static func path(_ manifest: String) -> String {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let root = tests.deletingLastPathComponent().deletingLastPathComponent()
    return root.appending(path: "samples/\(manifest)").path(percentEncoded: false)
  }

  static func read(_ document: ManifestDocument) throws -> ResolvedManifest<ExperimentConfiguration> {
    try document.read { root throws(ManifestError) in
      try ExperimentConfiguration(from: root, registry: registry)
    }
  }

  /// The values of a resolved manifest by their keys: `training.epochs`.
  static func values(in yaml: String) -> [String: String] {
    var values: [String: String] = [:]
    var sections: [Substring] = []
    for line in yaml.split(separator: "\n") {
      let depth = line.prefix { $0 == " " }.count / 2
      let parts = line.drop { $0 == " " }.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { continue }
      sections = Array(sections.prefix(depth)) + [parts[0]]
      let value = parts[1].drop { $0 == " " }
      if !value.isEmpty { values[sections.joined(separator: ".")] = String(value) }
    }
    return values
  }
}
