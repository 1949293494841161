import Foundation

/// A folder's regular files, in all its sub-folders but hidden ones.
///
/// A symbolic link is the file or the folder that it leads to, under its own name, where the source allows it. A file
/// that two names lead to is there twice, as one with hard links is.
struct Folder {
  let path: String
  /// The files' paths relative to the folder, in the order of their UTF-8 bytes. Those of hidden files are among them.
  private(set) var names: [String] = []
  /// What is left out but for being hidden.
  private(set) var omissions = Omissions()
  /// Hidden folders, which are not looked into.
  private(set) var hidden = Omissions()

  private let encoding: NameEncoding?
  private let links: DataSource.Links
  /// Where the folder is, all links followed.
  private let root: [UInt8]
  /// Where files are that are not at their names: behind links, and where names are not UTF-8.
  private var places: [String: [UInt8]] = [:]

  init(_ source: DataSource) throws(ArchiveError) {
    path = source.path
    encoding = source.nameEncoding
    links = source.links
    guard let root = Self.real(Array(path.utf8)) else { throw .system(path) }
    self.root = root
    var pending = [Level(name: "", place: root, trail: [], behind: nil)]
    while let level = pending.popLast() { try read(level, &pending) }
    names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Opens one of the files.
  func open(_ name: String) throws(ArchiveError) -> DiskFile {
    try DiskFile(path: path + "/" + name, place: places[name], followsLink: false)
  }

  /// The folders behind a link that others behind it lead to. Each is read once, so that an end is certain.
  private final class Behind {
    var places: Set<[UInt8]> = []
  }

  /// A folder that is still to be read.
  private struct Level {
    /// What its files' names begin with: empty, or with a slash at the end.
    let name: String
    /// Where it is, all links followed.
    let place: [UInt8]
    /// The folders that the links are in which led here.
    let trail: [[UInt8]]
    /// What lies behind the first of these links; nil if there was none.
    let behind: Behind?

    func isUnder(_ folder: [UInt8]) -> Bool { (trail + [place]).contains { $0.isAt(or: folder) } }
  }

  private mutating func read(_ level: Level, _ pending: inout [Level]) throws(ArchiveError) {
    for child in try children(of: level) {
      let place = level.place.appending(child)
      let name = level.name + (try text(of: child, in: level))
      var status = stat()
      guard place.asPath({ lstat($0, &status) }) == 0 else { throw .system("\(path)/\(name)") }
      switch DiskFile.Kind(status.st_mode) {
      case .file: addFile(name, at: place)
      case .folder where EntryName.isHidden(name): hidden.add(name + "/", .hidden)
      case .folder:
        pending.append(Level(name: name + "/", place: place, trail: level.trail, behind: level.behind))
      case .link where EntryName.isHidden(name): hidden.add(name, .hidden)
      case .link: follow(name, at: place, from: level, &pending)
      case .other: omissions.add(name, .special)
      }
    }
  }

  private mutating func addFile(_ name: String, at place: [UInt8]) {
    names.append(name)
    if place != root + Array("/\(name)".utf8) { places[name] = place }
  }

  private mutating func follow(_ name: String, at link: [UInt8], from level: Level, _ pending: inout [Level]) {
    var status = stat()
    guard let place = Self.real(link), place.asPath({ stat($0, &status) }) == 0 else {
      let reasons: [Int32: Omissions.Reason] = [ENOENT: .nowhere, ENOTDIR: .nowhere, ELOOP: .circle]
      return omissions.add(name, reasons[errno] ?? .closed)
    }
    guard links == .anywhere || place.isAt(or: root) else { return omissions.add(name, .outside) }
    switch DiskFile.Kind(status.st_mode) {
    case .file: addFile(name, at: place)
    case .folder where level.isUnder(place): omissions.add(name, .around)
    case .folder:
      let behind = level.behind ?? Behind()
      guard behind.places.insert(place).inserted else { return omissions.add(name, .again) }
      pending.append(Level(name: name + "/", place: place, trail: level.trail + [level.place], behind: behind))
    case .link, .other: omissions.add(name, .special)
    }
  }

  /// The bytes of a file's name as text. With a character set they are taken to be in it.
  private func text(of name: [UInt8], in level: Level) throws(ArchiveError) -> String {
    guard let encoding else { return EntryName.text(of: name) }
    guard let text = encoding.text(of: name) else {
      throw ArchiveError(
        path: path,
        message: "found a name that is none in \(encoding): \((level.name + EntryName.text(of: name)).quoted)")
    }
    return text
  }

  /// The names in a folder, in the order of their bytes.
  private func children(of level: Level) throws(ArchiveError) -> [[UInt8]] {
    let called = level.name.isEmpty ? path : "\(path)/\(level.name)"
    guard let stream = level.place.asPath(opendir) else { throw .system(called) }
    defer { closedir(stream) }
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let record = readdir(stream) else { break }
      let bytes = withUnsafeBytes(of: &record.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if bytes != Array(".".utf8), bytes != Array("..".utf8) { names.append(bytes) }
    }
    guard errno == 0 else { throw .system(called) }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// A path with all links in it followed; nil if it leads nowhere.
  private static func real(_ place: [UInt8]) -> [UInt8]? {
    guard let text = place.asPath({ realpath($0, nil) }) else { return nil }
    defer { free(text) }
    return Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }
}

extension [UInt8] {
  fileprivate func appending(_ child: [UInt8]) -> [UInt8] {
    (self == [UInt8(ascii: "/")] ? [] : self) + [UInt8(ascii: "/")] + child
  }

  /// Whether this path is that of a folder, or of something in it.
  fileprivate func isAt(or folder: [UInt8]) -> Bool {
    self == folder || starts(with: folder.appending([]))
  }
}
