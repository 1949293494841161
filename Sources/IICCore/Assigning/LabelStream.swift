import Archive
public import Files
import Foundation
import Manifest
import Reading

/// Labels items that come one by one, as lines of text.
public struct LabelStream {
  private let model: RunModel
  private let assigner: Assigner
  private let lines: ItemLines
  private let settings: [String]

  /// Prepares a run. Throws if lines cannot name items of its kind.
  ///
  /// - Parameter settings: what was set besides, as `key.path=value`.
  public init(_ model: RunModel, _ assigner: Assigner, settings: [String]) throws(UserError) {
    guard let lines = model.configuration.modality.lines(sampleShape: model.sampleShape) else {
      throw UserError("\(model.configuration.modalityName): items of this kind cannot be named by lines of text")
    }
    (self.model, self.assigner, self.lines, self.settings) = (model, assigner, lines, settings)
  }

  /// What a line is, for people.
  public var meaning: String {
    switch lines.kind {
    case .paths: "the path of a file"
    case .lines: "an item"
    }
  }

  /// The rows of some lines, one each, in order; a row is called by its line's number or, where lines are paths, by the path.
  /// `first` is the number of the first line.
  public func rows(of texts: [String], first: Int) throws -> [LabelTable.Row] {
    guard !texts.isEmpty else { return [] }
    let names = texts.enumerated().map { place, text in
      if case .paths = lines.kind { text } else { "\(first + place)" }
    }
    var rows: [LabelTable.Row?] = texts.enumerated().map { place, text in
      problem(text).map { .problem(id: names[place], $0) }
    }
    let good = rows.indices.filter { rows[$0] == nil }
    for (place, outcome) in zip(good, try outcomes(good.map { texts[$0] })) {
      switch outcome {
      case .success(let label): rows[place] = .label(id: names[place], label)
      case .failure(let error): rows[place] = .problem(id: names[place], error.problem)
      }
    }
    return rows.compactMap(\.self)
  }

  /// What is wrong with a line before it is read; nil if nothing.
  private func problem(_ text: String) -> String? {
    guard text.contains(where: { !$0.isWhitespace }) else { return "blank" }
    guard case .paths = lines.kind else { return nil }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: text, isDirectory: &isFolder) else { return "no such file" }
    return isFolder.boolValue ? "a folder, not a file" : nil
  }

  /// The label of each line, or what is wrong with it.
  private func outcomes(_ texts: [String]) throws -> [Result<ItemLabel, UserError>] {
    guard !texts.isEmpty else { return [] }
    do {
      return try read(texts)
    } catch {
      let problem: String
      switch error {
      case let error as UserError: problem = error.problem
      case let error as ManifestError: problem = error.problem
      case let error as ArchiveError: problem = error.reason
      default: throw error
      }
      // One that spoils all of them is found by looking at each alone.
      guard texts.count > 1 else { return [.failure(UserError(problem))] }
      return try texts.flatMap { try outcomes([$0]) }
    }
  }

  private func read(_ texts: [String]) throws -> [Result<ItemLabel, UserError>] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "iic-lines-\(UUID().uuidString)")
    let source = folder.appending(path: "source")
    try FileManager.default.createDirectory(at: source, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var more: [String] = []
    switch lines.kind {
    case .paths:
      for (place, text) in texts.enumerated() {
        let target = URL(filePath: text)
        let suffix = target.pathExtension.isEmpty ? "" : ".\(target.pathExtension)"
        try FileManager.default.createSymbolicLink(
          at: source.appending(path: String(format: "%08d", place) + suffix), withDestinationURL: target.absoluteURL
        )
      }
      more = ["data.links=anywhere"]
    case .lines(let file):
      try Data((texts.joined(separator: "\n") + "\n").utf8).write(to: source.appending(path: file))
    }
    let place = ManifestDocument.override("data.source", text: source.path(percentEncoded: false))
    let dataset = try model.dataset(
      setting: settings + lines.settings + more + [place, "data.onUndecodable=skip"],
      without: lines.without, cache: SampleCache(folder: folder.appending(path: "cache")))
    guard dataset.count + dataset.description.unread.count == texts.count else {
      throw UserError("found \(dataset.count) items in \(texts.count) lines; expected one in each")
    }
    let labels = try assigner.labels(of: Array(0..<dataset.count)[...], in: dataset)
    var outcomes: [Result<ItemLabel, UserError>] = []
    var unread = dataset.description.unread[...]
    for (place, label) in labels.enumerated() {
      while let next = unread.first, next.place <= place {
        outcomes.append(.failure(UserError(next.reason)))
        unread.removeFirst()
      }
      outcomes.append(.success(label))
    }
    return outcomes + unread.map { .failure(UserError($0.reason)) }
  }
}
