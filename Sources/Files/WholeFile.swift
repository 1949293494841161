package import Foundation

/// Writes files so that under their name there is never half of one, even if the machine stops.
///
/// What is appended goes to a file beside `url`, which `finish` brings to the disk and renames. Without `finish`
/// nothing is left of it, and what stood at `url` is as it was.
package struct WholeFile: ~Copyable {
  /// A call of the system that failed.
  package struct Failure: Error, CustomStringConvertible {
    package var action: String
    package var code: Int32

    package var description: String { "that \(action) failed (\(String(cString: strerror(code))))" }
  }

  private let url, folder: URL
  private let aside: String
  private var descriptor: Int32
  private var isRenamed = false

  /// Begins a file that will stand at `url`.
  package init(at url: URL) throws(Failure) {
    self.url = url
    folder = url.deletingLastPathComponent()
    aside = folder.appending(path: Self.nameAside()).path
    descriptor = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Failure(action: "creating a file in \(folder.path)", code: errno) }
  }

  /// A name for what is not whole yet.
  package static func nameAside() -> String { ".\(UUID().uuidString).partial" }

  /// Whether a name is of something that was not whole when its process ended.
  package static func isLeftover(_ name: String) -> Bool { name.hasPrefix(".") && name.hasSuffix(".partial") }

  /// Removes from a folder what killed processes left there.
  package static func removeLeftovers(in folder: URL) {
    let files = FileManager.default
    let names = (try? files.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
    for name in names where isLeftover(name) { try? files.removeItem(at: folder.appending(path: name)) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isRenamed { unlink(aside) }
  }

  /// Writes the parts one after the other to a file at `url`.
  package static func write(_ parts: [Data], to url: URL) throws(Failure) {
    let file = try WholeFile(at: url)
    for part in parts { try file.append(part) }
    try file.finish()
  }

  /// Adds bytes to the end.
  package func append(_ part: Data) throws(Failure) {
    let code = Self.append(part, to: descriptor)
    guard code == 0 else { throw Failure(action: "writing it", code: code) }
  }

  /// Writes all of some bytes to an open file. Returns what went wrong, as `errno` has it; 0 if nothing did.
  static func append(_ part: Data, to descriptor: Int32) -> Int32 {
    part.withUnsafeBytes { bytes -> Int32 in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = Foundation.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written < 0 && errno != EINTR { return errno }
        rest = rest.dropFirst(max(written, 0))
      }
      return 0
    }
  }

  /// Writes a file at `url`; what goes wrong is told with its path.
  package static func save(_ data: Data, to url: URL) throws(UserError) {
    do {
      try write([data], to: url)
    } catch {
      throw UserError("\(url.path(percentEncoded: false)): cannot be written: \(error)")
    }
  }

  /// Brings the file to the disk and gives it its name.
  package consuming func finish() throws(Failure) {
    guard fsync(descriptor) == 0 else { throw Failure(action: "bringing it to the disk", code: errno) }
    let open = descriptor
    descriptor = -1
    // Some network file systems report a failed write only here.
    guard close(open) == 0 else { throw Failure(action: "closing it", code: errno) }
    guard rename(aside, url.path) == 0 else { throw Failure(action: "giving it its name", code: errno) }
    isRenamed = true
    try Self.synchronize(folder)
  }

  /// Gives a file that is whole a second name, in place of what has that name. Where the file system knows no second
  /// names, the file is copied.
  package static func share(_ source: URL, as target: URL) throws {
    let folder = target.deletingLastPathComponent()
    let aside = folder.appending(path: nameAside())
    guard link(source.path, aside.path) == 0 else {
      let code = errno
      guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(code) else {
        throw Failure(action: "giving \(source.path) a second name", code: code)
      }
      return try copy(source, to: target)
    }
    // Where both names are one file's already, renaming leaves this.
    defer { unlink(aside.path) }
    guard rename(aside.path, target.path) == 0 else { throw Failure(action: "giving it its name", code: errno) }
    try synchronize(folder)
  }

  private static func copy(_ source: URL, to target: URL) throws {
    let handle = try FileHandle(forReadingFrom: source)
    let file = try WholeFile(at: target)
    while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { try file.append(piece) }
    try file.finish()
  }

  /// Brings to the disk what was written to a file, or the names in a folder.
  package static func synchronize(_ place: URL) throws(Failure) {
    let descriptor = open(place.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(action: "opening \(place.path)", code: errno) }
    defer { close(descriptor) }
    // EINVAL: a file system that does not know this for folders.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw Failure(action: "bringing \(place.path) to the disk", code: errno)
    }
  }
}
