import Archive
import Files
import IICCore
import Manifest
import Media
import Reading

/// WebDataset's tar archives, the shards. Entries whose names are the same up to the first dot are about one sample and
/// stand together: `0007.jpg` is a picture and `0007.cls` its class, a whole number in digits,
/// -1 or nothing where it is unknown.
///
/// A picture is called by what stands before the dot, behind its shard's name if there are several. The source may be
/// a list of paths and patterns, see `ShardPattern`; each of several is a part with the name of its file.
struct WebDatasetFormat: ImageFormat {
  /// Where the class of a picture is written.
  enum Labels: String, CaseIterable, Sendable { case cls, none }

  private let labels: Labels
  private let options: PictureOptions

  init(from section: SectionReader) throws(ManifestError) {
    labels = try section(
      "labels", .choice, default: .cls,
      "cls: the whole number in a picture's .cls entry; used to evaluate, never to train")
    options = try PictureOptions(from: section)
  }

  static var takesSeveralSources: Bool { true }

  var color: ColorModel? { options.color }

  func dataset(of sources: [DataSource], cache: SampleCache) throws -> Dataset {
    let groups = try sources.map { try ShardPattern($0).shards() }
    let shards = groups.flatMap { $0 }
    let parts = sources.count == 1 ? [] : sources.map { baseName($0.path) }
    try checkNames(of: shards, parts)
    // The names of shards are not in their bytes, but in those of parts and pictures.
    let names = shards.count == 1 ? "" : "\(parts) \(groups.map { $0.map { baseName($0.path) } })"
    var dataset = try cache.dataset(
      sources: shards.map { ($0, nil) },
      decoding: "image webdataset \(labels) \(options.decoding) \(names)"
    ) { writer in
      var reader = ShardReader(options, readsClasses: labels == .cls, namesShards: shards.count > 1)
      var ends: [Int] = []
      for group in groups {
        for shard in group { try reader.read(shard, into: &writer) }
        ends.append(reader.count)
      }
      return try reader.finish(into: &writer, sources: sources.map(\.path), parts: parts, ends: ends)
    }
    // The folders that shards are in are no sources themselves.
    for source in sources { dataset.note(LeftOut(source.omissions.onDisk).notes(of: "entries")) }
    return dataset
  }

  /// Throws unless pictures and parts can be told apart by the names of their files.
  private func checkNames(of shards: [DataSource], _ parts: [String]) throws(UserError) {
    var known: [String: String] = [:]
    for path in shards.map(\.path) {
      if let other = known.updateValue(path, forKey: baseName(path)) {
        throw UserError(
          "found shards of one name, \(other) and \(path); expected each name once", key: "data.source")
      }
    }
    guard Set(parts).count == parts.count else {
      throw UserError("found \(parts.joined(separator: ", ")); expected each name once", key: "data.source")
    }
  }
}
