import Files
import Foundation
import Glibc

/// The folder in which one process builds an entry of the cache, beside the entry's place.
///
/// Its process holds a lock on it, which the system lifts when the process ends, however it ends. Names are in the
/// order of time, so that all processes agree which came first.
final class CacheBuild {
  static let mark = ".building-"

  let url: URL
  private let entry: URL
  private let descriptor: Int32

  init(of entry: URL) throws(UserError) {
    self.entry = entry
    var now = timespec()
    guard clock_gettime(CLOCK_REALTIME, &now) == 0 else {
      throw UserError("the time cannot be read: \(String(cString: strerror(errno)))")
    }
    let time = String(Int(now.tv_sec) * 1_000_000_000 + Int(now.tv_nsec), radix: 16)
    let padded = String(repeating: "0", count: max(0, 16 - time.count)) + time
    url = entry.deletingLastPathComponent().appending(
      path: "\(entry.lastPathComponent)\(Self.mark)\(padded)-\(getpid())-\(UUID().uuidString.prefix(8))")
    let path = url.path(percentEncoded: false)
    guard mkdir(path, 0o700) == 0 else {
      throw UserError("\(path): cannot be made: \(String(cString: strerror(errno)))")
    }
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw UserError("\(path): \(String(cString: strerror(errno)))") }
    self.descriptor = descriptor
    // Held for a moment by others that look whether it is. Where there are no locks, on some network file systems,
    // two processes may build the same entry, which does no harm.
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
  }

  deinit { Glibc.close(descriptor) }

  /// The build of the same entry that began before this one and goes on, if there is one.
  func earlier() -> OtherBuild? {
    let prefix = entry.lastPathComponent + Self.mark
    let folder = entry.deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
    return names.filter { $0.hasPrefix(prefix) && $0 < url.lastPathComponent }.sorted()
      .map { OtherBuild(url: folder.appending(path: $0)) }.first { $0.isAlive == true }
  }

  /// Gives the folder its place, or another that became known while it was built. An entry that is there and `isWhole`
  /// stays; one that is not is removed.
  func finish(at other: URL? = nil, isWhole: (URL) -> Bool) throws(UserError) {
    let files = FileManager.default
    let entry = other ?? self.entry
    if !isWhole(entry) { try? files.removeItem(at: entry) }
    let (from, to) = (url.path(percentEncoded: false), entry.path(percentEncoded: false))
    guard rename(from, to) != 0 else { return }
    let code = errno
    // Another process may have put the same entry there in between.
    guard isWhole(entry) else { throw UserError("\(to): cannot be put there: \(String(cString: strerror(code)))") }
  }

  /// Removes the folder unless it has found its place.
  func remove() { try? FileManager.default.removeItem(at: url) }
}

/// A folder of another build, perhaps of another process.
struct OtherBuild {
  let url: URL

  /// Whether its process still builds; nil where the file system has no locks.
  var isAlive: Bool? {
    guard let descriptor = open() else { return false }
    defer { Glibc.close(descriptor) }
    if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return false }
    return errno == EWOULDBLOCK ? true : nil
  }

  /// Whether it can be removed: its process is gone, or it is older than a day where that cannot be known.
  var isLeftover: Bool {
    var status = stat()
    guard lstat(url.path(percentEncoded: false), &status) == 0 else { return false }
    let age = Date().timeIntervalSince1970 - Double(status.st_mtim.tv_sec)
    return switch isAlive {
    case true: false
    // A new one has not taken its lock yet.
    case false: age > 5
    case nil: age > 86_400
    }
  }

  /// Waits until the build ends, well or not.
  func wait() {
    guard let descriptor = open() else { return }
    defer { Glibc.close(descriptor) }
    while flock(descriptor, LOCK_SH) != 0, errno == EINTR {}
  }

  private func open() -> Int32? {
    let descriptor = Glibc.open(
      url.path(percentEncoded: false), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
    return descriptor < 0 ? nil : descriptor
  }
}
