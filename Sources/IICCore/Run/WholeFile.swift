import Foundation

/// Writes files so that under their name there is never half of one, even if the machine stops.
enum WholeFile {
  /// A call of the system that failed.
  struct Failure: Error, CustomStringConvertible {
    var action: String
    var code: Int32

    var description: String { "that \(action) failed (\(String(cString: strerror(code))))" }
  }

  /// Writes the parts one after the other beside `url`, brings them to the disk and renames them to `url`.
  ///
  /// What stood at `url` is replaced; after a failure it is as it was, and nothing is left beside it.
  static func write(_ parts: [Data], to url: URL) throws(Failure) {
    let folder = url.deletingLastPathComponent()
    let aside = folder.appending(path: ".\(UUID().uuidString).partial").path
    let descriptor = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Failure(action: "creating a file in \(folder.path)", code: errno) }
    var isRenamed = false
    defer { if !isRenamed { unlink(aside) } }
    do throws(Failure) {
      for part in parts { try write(part, to: descriptor) }
      guard fsync(descriptor) == 0 else { throw Failure(action: "bringing it to the disk", code: errno) }
    } catch {
      close(descriptor)
      throw error
    }
    // Some network file systems report a failed write only here.
    guard close(descriptor) == 0 else { throw Failure(action: "closing it", code: errno) }
    guard rename(aside, url.path) == 0 else { throw Failure(action: "giving it its name", code: errno) }
    isRenamed = true
    try synchronize(folder)
  }

  private static func write(_ part: Data, to descriptor: Int32) throws(Failure) {
    let code = part.withUnsafeBytes { bytes -> Int32 in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = Foundation.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written < 0 && errno != EINTR { return errno }
        rest = rest.dropFirst(max(written, 0))
      }
      return 0
    }
    guard code == 0 else { throw Failure(action: "writing it", code: code) }
  }

  /// Brings the new name to the disk.
  private static func synchronize(_ folder: URL) throws(Failure) {
    let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(action: "opening \(folder.path)", code: errno) }
    defer { close(descriptor) }
    // EINVAL: a file system that does not know this for folders.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw Failure(action: "bringing \(folder.path) to the disk", code: errno)
    }
  }
}
