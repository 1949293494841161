import Archive
import IICCore
import Reading

/// Reads the pictures of shards, one shard after the other.
struct ShardReader {
  /// More bytes than a whole number has.
  private static let labelBytes = 32

  private let readsClasses, namesShards: Bool
  private var pictures: PictureQueue
  private var ids: [String] = []
  private var labels: [Int] = []
  private var samples = LeftOut(), entries = LeftOut()

  /// Reads classes if asked to; `namesShards` puts the shards' names before the keys.
  init(_ options: PictureOptions, readsClasses: Bool, namesShards: Bool) {
    pictures = PictureQueue(options)
    (self.readsClasses, self.namesShards) = (readsClasses, namesShards)
  }

  /// The pictures so far, those that do not decode included.
  var count: Int { ids.count }

  /// Hands over the pictures of a shard.
  mutating func read(_ shard: DataSource, into writer: inout SampleWriter) throws {
    var known: Set<String> = []
    var sample: ShardSample?
    try shard.forEachEntry { entry in
      guard let name = ShardEntryName(entry.name) else {
        entries.add(id(entry.name, in: shard), because: "of no sample, since their names have no dot")
        return true
      }
      if sample?.key != name.key {
        end(sample, of: shard)
        sample = ShardSample(key: name.key)
        guard known.insert(name.key).inserted else {
          throw entry.problem("found apart from other entries of its sample; expected them one after the other")
        }
      }
      sample?.fields.insert(name.field)
      if PicturePath.suffixes.contains(name.field) {
        guard sample?.hasPicture == false else {
          throw entry.problem("found a second picture of a sample; expected one")
        }
        sample?.hasPicture = true
        try pictures.add(entry, into: &writer)
      } else if readsClasses, name.field == "cls" {
        guard sample?.label == nil else { throw entry.problem("found twice; expected once") }
        sample?.label = try label(entry)
      }
      return true
    }
    end(sample, of: shard)
  }

  private mutating func end(_ sample: ShardSample?, of shard: DataSource) {
    guard let sample else { return }
    let id = id(sample.key, in: shard)
    guard sample.hasPicture else {
      let fields = sample.fields.sorted().prefix(8).map { $0.debugDescription }.joined(separator: ", ")
      return samples.add(id, because: "without a picture, since they have only \(fields)")
    }
    ids.append(id)
    labels.append(sample.label ?? -1)
  }

  private func id(_ name: String, in shard: DataSource) -> String {
    namesShards ? "\(baseName(shard.path)):\(name)" : name
  }

  private func label(_ entry: ArchiveEntry) throws -> Int {
    let text = String(decoding: try entry.readAll(limit: Self.labelBytes), as: UTF8.self)
    let trimmed = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return try ClassNumbers.number(trimmed, error: entry.problem)
  }

  /// Writes what is left and says what became of the pictures; the parts end at the counts `ends`.
  mutating func finish(
    into writer: inout SampleWriter, sources: [String], parts: [String], ends: [Int]
  ) throws -> DatasetDescription {
    let others = samples.notes(of: "samples") + entries.notes(of: "entries")
    try pictures.finish(into: &writer, source: sources.joined(separator: ", "), others)
    let kept = pictures.isKept
    let places = ids.indices.filter { kept[$0] }
    let labels = places.map { self.labels[$0] }
    var description = DatasetDescription(
      shape: pictures.shape, element: .uint8, ids: places.map { ids[$0] },
      labels: labels.allSatisfy { $0 == -1 } ? nil : labels,
      parts: zip(parts, zip([0] + ends, ends)).map { name, range in
        DatasetDescription.Part(name: name, count: kept[range.0..<range.1].count { $0 })
      })
    description.notes = pictures.notes + others
    description.unread = pictures.unread(ids)
    return description
  }
}

/// A sample while its entries are read.
private struct ShardSample {
  let key: String
  /// What its entries' names end in.
  var fields: Set<String> = []
  var hasPicture = false
  var label: Int?
}

/// The name of a shard's entry: `a/0007.seg.png` is the field `seg.png` of the sample `a/0007`.
struct ShardEntryName {
  let key, field: String

  /// Nil for a name that is none of a sample's: one without a dot, or with nothing before it.
  init?(_ name: String) {
    let path = EntryPath(name)
    guard let dot = path.file.firstIndex(of: "."), dot > path.file.startIndex else { return nil }
    key = (path.folders + [path.file[..<dot]]).joined(separator: "/")
    field = path.file[path.file.index(after: dot)...].lowercased()
  }
}
