import Foundation
import IICCore
import Manifest

extension ModalityConformance {
  func describe() throws(ManifestError) -> ModalityDescription { try ModalityDescription(modality) }

  func checkManifest(_ report: ConformanceReport) throws {
    let description = try describe()
    for key in description.keys {
      try report.expect(!key.meaning.isEmpty, "the key \(key.path) is not explained")
    }
    let folder = URL(filePath: "/data", directoryHint: .isDirectory)
    let resolved = try read(document(in: folder))
    let listed = Set(description.keys.map(\.path))
    let missing = resolved.keys.map(\.path).filter { !listed.contains($0) }
    try report.expect(
      missing.isEmpty,
      "the manifest has keys that the description lacks: \(missing.joined(separator: ", ")); a key may depend on a "
        + "choice or a boolean, not on a number or a text")
    let text = resolved.resolvedYAML()
    let again = try read(ManifestDocument(text: text, source: "resolved.yaml", folder: "/elsewhere")).resolvedYAML()
    try report.expect(again == text, "the resolved manifest, read again, is another:\n\(text)\n\(again)")
    // Sections that are there whatever else the manifest says.
    for key in description.ownKeys where key.type == "section" && key.default.isEmpty && key.conditions.isEmpty {
      try checkStrictness(of: key.path, in: folder, report)
    }
  }

  /// A key that nobody reads is refused.
  private func checkStrictness(of section: String, in folder: URL, _ report: ConformanceReport) throws {
    do {
      _ = try read(document(in: folder, overrides: ["\(section).unheardOf=1"]))
    } catch {
      return try report.expect(
        "\(error)".contains("\(section).unheardOf"), "an unknown key in \(section) is refused as: \(error)")
    }
    throw report.error("an unknown key in \(section) is not refused")
  }

  func read(_ document: ManifestDocument) throws(ManifestError) -> ResolvedManifest<ExperimentConfiguration> {
    try document.read { root throws(ManifestError) in
      try ExperimentConfiguration(from: root, registry: Registry([modality]))
    }
  }

  func checkRefusal(of refused: Refused?, _ report: ConformanceReport) throws {
    guard let refused else { return }
    do {
      _ = try ConformanceSubject(self, overrides: refused.overrides, write: refused.write)
    } catch {
      let message = "\(error)"
      try report.expect(
        message.contains(refused.mention), "the message does not mention \"\(refused.mention)\": \(message)")
      return try report.expect(
        message.count < 1000 && !message.contains("\n") && !message.contains("Error Domain="),
        "the message is not one line for a user: \(message)")
    }
    throw report.error("the data is not refused")
  }
}
