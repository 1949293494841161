import ArgumentParser
import Files
import Foundation
import IICCore
import Manifest

struct Modalities: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists the kinds of data, or every manifest key of one of them.",
    discussion: "The list is taken from the code that reads manifests, so it is never behind it.")

  @Argument(help: ArgumentHelp("The kind of data; if absent, all of them are listed.", valueName: "name"))
  var name: String?

  @Flag(help: "Print one JSON object a line, one for each kind of data.")
  var json = false

  func run() throws {
    try reportingErrors {
      let descriptions = try chosen()
      if json { return try descriptions.forEach { try Console.printJSON(ModalityListing($0)) } }
      guard let only = descriptions.first, name != nil else {
        let width = descriptions.map(\.name.count).max() ?? 0
        for description in descriptions {
          let title = description.name.padding(toLength: width, withPad: " ", startingAt: 0)
          Console.print("\(title)  encoders \(description.encoders.joined(separator: ", "))")
        }
        return
      }
      Console.print("Keys of a manifest with modality: \(only.name)")
      for key in only.keys { Console.print(Self.paragraph(key)) }
    }
  }

  private func chosen() throws -> [ModalityDescription] {
    let all = try registry.descriptions()
    guard let name else { return all }
    guard let description = all.first(where: { $0.name == name }) else {
      throw UserError("modalities: found \"\(name)\"; expected \(registry.names.joined(separator: ", "))")
    }
    return [description]
  }

  /// The key with its type, its values and its default; below it what it means.
  private static func paragraph(_ key: ManifestKey) -> String {
    let indent = String(repeating: "  ", count: key.path.count { $0 == "." })
    var facts = [key.type]
    if !key.allowed.isEmpty { facts.append(key.allowed) }
    if key.default == "required" {
      facts.append("required")
    } else if !key.default.isEmpty {
      facts.append("default \(key.default)")
    }
    if !key.conditions.isEmpty { facts.append("with \(conditions(key))") }
    return "\(indent)\(key.path): \(facts.joined(separator: "; "))\n\(indent)    \(key.meaning)"
  }

  /// With which values of other keys a key is read: `data.format: csv or tsv, data.header: true`.
  private static func conditions(_ key: ManifestKey) -> String {
    var choices: [(path: Substring, values: [Substring])] = []
    for condition in key.conditions {
      let path = condition.prefix { $0 != "=" }
      let value = condition.dropFirst(path.count + 1)
      if let place = choices.firstIndex(where: { $0.path == path }) {
        choices[place].values.append(value)
      } else {
        choices.append((path, [value]))
      }
    }
    return choices.map { "\($0.path): \($0.values.joined(separator: " or "))" }.joined(separator: ", ")
  }
}

/// A kind of data as programs read it.
private struct ModalityListing: Encodable {
  struct Key: Encodable {
    let key, type: String
    let allowed, `default`: String?
    let choices: [String]?
    let required: Bool
    let meaning: String
    let conditions: [String]?
    /// Whether this kind of data reads it, or every kind.
    let own: Bool
  }

  let name: String
  let encoders: [String]
  let keys: [Key]

  init(_ description: ModalityDescription) {
    name = description.name
    encoders = description.encoders
    keys = description.keys.map { key in
      let isRequired = key.default == "required"
      return Key(
        key: key.path, type: key.type, allowed: key.allowed.isEmpty ? nil : key.allowed,
        default: isRequired || key.default == "none" || key.type == "section" ? nil : key.default,
        choices: key.choices.isEmpty ? nil : key.choices, required: isRequired, meaning: key.meaning,
        conditions: key.conditions.isEmpty ? nil : key.conditions, own: description.ownPaths.contains(key.path))
    }
  }
}
