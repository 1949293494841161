import Archive
import IICCore
import Reading

/// What a source of vectors looks like.
enum VectorDraft {
  static func draft(of source: DataSource, entries: [String]) throws -> ManifestDraft? {
    let paths = entries.map { EntryPath($0.hasSuffix(".gz") ? String($0.dropLast(3)) : $0) }
    for (name, path) in zip(entries, paths) where ["npy", "csv", "tsv"].contains(path.suffix) {
      guard let bytes = try? source.entries(named: [name], limit: 1 << 31)[name] else { continue }
      if path.suffix == "npy" {
        guard let array = try? NPYArray(bytes, path: source.path, entry: name), array.shape.count == 2 else {
          continue
        }
        return ManifestDraft(
          entries: 1, summary: "\(array.shape[0]) vectors of \(array.shape[1]) numbers",
          data: [.init("format", "npy")] + self.entry(name, of: entries))
      }
      guard let guess = TableGuess(bytes, path: source.path, entry: name), guess.texts == nil else { continue }
      let features = guess.columns.filter(\.isNumeric)
      guard features.count > 1 else { continue }
      return table(guess, features, path.suffix, entry: self.entry(name, of: entries))
    }
    return nil
  }

  private static func entry(_ name: String, of entries: [String]) -> [ManifestDraft.Line] {
    entries.count > 1 ? [.init("array", ManifestDraft.quoted(name))] : []
  }

  private static func table(
    _ guess: TableGuess, _ features: [TableGuess.Column], _ format: String, entry: [ManifestDraft.Line]
  ) -> ManifestDraft {
    let classes = guess.classes
    let kept = features.filter { $0.name != classes?.name }
    var data = [ManifestDraft.Line("format", format)] + entry
    if kept.count + (classes == nil ? 0 : 1) < guess.columns.count {
      let names = kept.map { ManifestDraft.quoted($0.name) }.joined(separator: ", ")
      data.append(.init("columns", "[\(names)]", "the features; other columns are no numbers"))
    }
    if kept.contains(where: \.hasOthers) {
      data.append(
        .init("onUndecodable", "skip", "rows with something else than numbers are left out, counted and named"))
    }
    if let classes {
      data.append(.init("labels", ManifestDraft.quoted(classes.name), "to compare with, never to train"))
    }
    return ManifestDraft(
      entries: 1, summary: "a table with \(kept.count) columns of numbers", data: data, classes: classes?.distinct)
  }
}
