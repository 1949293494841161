import Archive
import IICCore
import Manifest
import Media
import Reading

/// Pictures in a folder or an archive: PNG, JPEG, WebP, BMP and GIF, of animated ones the first frame.
///
/// They are called by their paths and come in the order of the source; a folder's is that of the paths' bytes. With
/// `parts` the pictures in folders of these names are read, part after part. With `labels: folder` the class of a
/// picture is the outermost of its folders below its part's or, without parts, below those that all pictures are in;
/// classes are numbered in the order of their names, as by torchvision's ImageFolder, but `2` before `10`.
struct FolderFormat: ImageFormat {
  /// Where the class of a picture is written.
  enum Labels: String, CaseIterable, Sendable { case none, folder }

  private let parts: [String]?
  private let labels: Labels
  private let options: PictureOptions

  init(from section: SectionReader) throws(ManifestError) {
    parts = try section(
      "parts", .list(of: .string), default: nil,
      "folders to read, each a part of that name; if absent, all pictures and no parts")
    labels = try section(
      "labels", .choice, default: .none, "folder: a folder for each class; used to evaluate, never to train")
    options = try PictureOptions(from: section)
    try section.check(parts?.isEmpty != true, "parts", "found an empty list; expected names of folders")
    try section.check(
      parts.map { Set($0).count == $0.count } ?? true, "parts", "found a part twice; expected each once")
  }

  static var takesSeveralSources: Bool { false }
  var color: ColorModel? { options.color }

  private var decoding: String { "image folder \(parts?.description ?? "all") \(labels) \(options.decoding)" }

  private func reads(_ file: String) -> Bool {
    let path = PicturePath(file)
    return path.isPicture && (parts.map { path.part(of: $0) != nil } ?? true)
  }

  func dataset(of sources: [DataSource], cache: SampleCache) throws -> Dataset {
    let files = try sources[0].filesOnDisk()
    var dataset = try cache.dataset(
      sources: [(sources[0], files.map { $0.filter(reads) })], decoding: decoding
    ) { writer in try decode(sources[0], isFolder: files != nil, into: &writer) }
    // The other files of a folder are in no hash, so they are looked for each time.
    var others = LeftOut()
    for file in files ?? [] { note(PicturePath(file), in: &others) }
    dataset.note(others.notes(of: "files"))
    return dataset
  }

  /// Notes a file that is read as a picture nowhere, unless it is in no part that is asked for.
  private func note(_ path: PicturePath, in others: inout LeftOut) {
    guard !path.isPicture, parts.map({ path.part(of: $0) != nil }) ?? true else { return }
    others.add(
      path.name, because: path.isForeign ? "pictures of kinds that are not read" : "no pictures by their suffixes")
  }

  private func decode(
    _ source: DataSource, isFolder: Bool, into writer: inout SampleWriter
  ) throws -> DatasetDescription {
    var queue = PictureQueue(options)
    var pictures: [PicturePath] = []
    var others = LeftOut()
    var ends: [Int] = []
    // An archive is gone through for each part: it may hold them in any order.
    let passes: [String?] = parts ?? [nil]
    for part in passes {
      let start = pictures.count
      var known: Set<PicturePath> = []
      var seen = NamesSeen()
      try source.forEachEntry { entry in
        seen.add(entry.name)
        let path = PicturePath(entry.name)
        if ends.isEmpty { note(path, in: &others) }
        guard path.isPicture, part == nil || path.part(of: parts ?? [])?.name == part else { return true }
        guard known.insert(path).inserted else { throw entry.problem("found twice; expected once") }
        try queue.add(entry, into: &writer)
        pictures.append(path)
        return true
      }
      guard pictures.count > start else {
        let pattern = "*.{\(PicturePath.suffixes.joined(separator: ","))}"
        throw seen.missing(part.map { "\($0)/\(pattern)" } ?? pattern, in: source)
      }
      ends.append(pictures.count)
    }
    try queue.finish(into: &writer, source: source.path, others.notes(of: "files"))
    var description = try describe(pictures, ends: ends, queue)
    description.unread = queue.unread(pictures.map(\.name))
    description.notes = queue.notes + (isFolder ? [] : others.notes(of: "files"))
    return description
  }

  /// What became of pictures whose parts end at `ends`.
  private func describe(
    _ pictures: [PicturePath], ends: [Int], _ queue: PictureQueue
  ) throws -> DatasetDescription {
    let kept = queue.isKept
    let starts = [0] + ends.dropLast()
    let classes = try labels == .folder ? FolderClasses(pictures, parts: parts) : nil
    return DatasetDescription(
      shape: queue.shape, element: .uint8,
      ids: pictures.indices.filter { kept[$0] }.map { pictures[$0].name },
      labels: classes.map { classes in pictures.indices.filter { kept[$0] }.map { classes.numbers[$0] } },
      classNames: classes?.names,
      parts: zip(parts ?? [], zip(starts, ends)).map { name, range in
        DatasetDescription.Part(name: name, count: kept[range.0..<range.1].count { $0 })
      })
  }
}
