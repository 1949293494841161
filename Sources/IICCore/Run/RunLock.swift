import Files
import Foundation
import Glibc

/// Keeps a second process out of a run folder. The system releases it when the process ends, however it ends.
final class RunLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock. Throws if another process has it, or if the file system has no locks.
  init(_ folder: RunFolder) throws(UserError) {
    let path = folder.url.appending(path: RunFolder.lockName).path(percentEncoded: false)
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw UserError("\(path): \(String(cString: strerror(errno)))") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      guard code == EWOULDBLOCK else {
        throw UserError("\(path): cannot be locked: \(String(cString: strerror(code)))")
      }
      throw UserError("\(folder.path): another process is training in this run folder")
    }
    // Last, so that an initialiser that throws leaves nothing to `deinit`: it has closed the file itself.
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
