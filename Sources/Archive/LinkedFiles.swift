/// The files that an archive holds once and names several times: what its hard links stand for.
///
/// A hard link names a file before it. Where the archive is compressed there is no way back to it but from the
/// beginning. So when the first link is read, the archive is gone through for what links name, and then once for as many
/// of these files as memory is set aside for: links mostly come in the order of their files.
final class LinkedFiles {
  /// The most bytes that are held, 256 MiB. A file of more is read on its own.
  static let standardLimit = 1 << 28

  private struct File {
    /// Its place among the files and links of the archive, counted from 0.
    let place: Int
    let size: Int
  }

  private let limit: Int
  private let open: () throws(ArchiveError) -> ArchiveStream
  /// What the links stand for, in their order, and where a link at a place is in it; nil until the first is read.
  private var links: (files: [File], places: [Int: Int])?
  private var held: [Int: [UInt8]] = [:]

  /// `open` begins to read the archive anew.
  init(limit: Int = standardLimit, open: @escaping () throws(ArchiveError) -> ArchiveStream) {
    self.limit = limit
    self.open = open
  }

  /// The file that the link at a place among the files and links stands for; nil if the archive has none before it.
  func file(ofLinkAt place: Int) throws(ArchiveError) -> ArchiveEntry? {
    if links == nil { links = try find() }
    guard let links, let first = links.places[place] else { return nil }
    let file = links.files[first]
    if file.size > limit { return try entry(at: file.place) }
    if held[file.place] == nil {
      var wanted: Set<Int> = []
      var total = 0
      for file in links.files[first...] where !wanted.contains(file.place) && file.size <= limit {
        total += file.size
        guard total <= limit else { break }
        wanted.insert(file.place)
      }
      try hold(wanted)
    }
    return held[file.place].map { ArchiveEntry(holding: $0, path: "", name: "") }
  }

  private func find() throws(ArchiveError) -> (files: [File], places: [Int: Int]) {
    var files: [[Substring]: File] = [:]
    var links: (files: [File], places: [Int: Int]) = ([], [:])
    let stream = try open()
    var place = 0
    while let header = try stream.nextHeader() {
      // A name stands for the last file of that name. A link may name another.
      switch header {
      case .file(let entry): files[Self.steps(of: entry.name)] = File(place: place, size: entry.size ?? 0)
      case .link(let name, let target):
        if let file = files[Self.steps(of: target)] {
          links.places[place] = links.files.count
          links.files.append(file)
          files[Self.steps(of: name)] = file
        }
      }
      place += 1
    }
    return links
  }

  /// A name without what makes no difference: links may name files from the archive's root, or from here.
  private static func steps(of name: String) -> [Substring] { name.split(separator: "/").filter { $0 != "." } }

  /// A file that is read as it comes; it keeps the archive open.
  private func entry(at wanted: Int) throws(ArchiveError) -> ArchiveEntry? {
    let stream = try open()
    var place = 0
    while let header = try stream.nextHeader() {
      if case .file(let entry) = header, place == wanted { return entry }
      place += 1
    }
    return nil
  }

  private func hold(_ places: Set<Int>) throws(ArchiveError) {
    held = [:]
    let stream = try open()
    var place = 0
    while held.count < places.count, let header = try stream.nextHeader() {
      if case .file(let entry) = header, places.contains(place) { held[place] = try entry.readAll(limit: limit) }
      place += 1
    }
  }
}
