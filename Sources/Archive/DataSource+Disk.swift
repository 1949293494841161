extension DataSource {
  /// Streams all that identifies the source's content on disk, so that a caller can hash it.
  ///
  /// A file gives its bytes as they are, compressed or not. A folder gives, for each file in the order of the
  /// relative paths, the path's UTF-8 bytes, a zero byte, the size as 8 bytes (little endian), and the bytes; hidden
  /// files are left out.
  /// `only` restricts a folder to the named files, matched as `entries(named:)` does; one that is missing is an error.
  ///
  /// The pointer is valid during the call of `body` only.
  public func forEachChunkOnDisk(
    only: [String]? = nil, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    switch try kind() {
    case .file:
      try DiskFile(path: path, followsLink: true).forEachChunk(body)
    case .folder:
      let folder = try folder()
      for name in try folder.names(only: only, of: self) {
        let file = try folder.open(name)
        try Array(name.utf8 + [0]).withUnsafeBytes(body)
        try withUnsafeBytes(of: UInt64(file.size).littleEndian, body)
        try file.forEachChunk(body)
      }
    }
  }
}

extension DataSource {
  /// The relative paths of a folder's files, in order, without hidden ones; nil if the source is a file.
  public func filesOnDisk() throws(ArchiveError) -> [String]? {
    switch try kind() {
    case .file: nil
    case .folder: try folder().names(only: nil, of: self)
    }
  }

  /// What the file system says of the files that `forEachChunkOnDisk(only:_:)` streams, in the same order.
  public func stamps(only: [String]? = nil) throws(ArchiveError) -> [FileStamp] {
    switch try kind() {
    case .file: return [try DiskFile(path: path, followsLink: true).stamp]
    case .folder:
      let folder = try folder()
      var stamps: [FileStamp] = []
      for name in try folder.names(only: only, of: self) { stamps.append(try folder.open(name).stamp) }
      return stamps
    }
  }
}

extension Folder {
  /// The files that `entries(named:)` takes for these names, or all that are not hidden.
  fileprivate func names(only: [String]?, of source: DataSource) throws(ArchiveError) -> [String] {
    guard let only else { return names.filter { !EntryName.isHidden($0) } }
    var seen = NamesSeen()
    var matches: [EntryName: [String]] = [:]
    for name in names {
      seen.add(name)
      matches[EntryName(name), default: []].append(name)
    }
    var chosen: Set<String> = []
    for name in only {
      let files = matches[EntryName(name)] ?? []
      guard let file = files.first(where: { EntryName($0).isExact(for: name) }) ?? files.first else {
        throw seen.missing(name, in: source)
      }
      chosen.insert(file)
    }
    return names.filter(chosen.contains)
  }
}

extension DiskFile {
  fileprivate func forEachChunk(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    var total = 0
    while true {
      let count = try read(into: buffer)
      total += count
      if count == 0 { break }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
    guard total == size else {
      throw ArchiveError(
        path: path, message: "changed while it was read: found \(total) bytes; expected \(size)")
    }
  }
}
