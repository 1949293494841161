package import Foundation
import Glibc

/// A regular file of this user's, open for reading; a link, or a file of another user's, is an error.
package final class PrivateFile {
  package let path: String
  package let size: Int
  package let descriptor: Int32
  /// What the file system says of it, as text. No program can change the bytes and keep this, for it holds the time
  /// of change.
  package let stamp: String

  package init(_ url: URL) throws(UserError) {
    path = url.path(percentEncoded: false)
    // O_NONBLOCK: a pipe put in the file's place must not hold the process up.
    descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw UserError("\(path): \(String(cString: strerror(errno)))") }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
      Glibc.close(descriptor)
      throw UserError("\(path): found no file of this user's")
    }
    size = Int(status.st_size)
    let times = [status.st_mtim, status.st_ctim].map { "\($0.tv_sec).\($0.tv_nsec)" }.joined(separator: " ")
    stamp = "\(size) \(times) \(status.st_ino) \(status.st_dev)"
  }

  deinit { Glibc.close(descriptor) }

  /// All bytes.
  package func contents() throws -> Data {
    try withExtendedLifetime(self) {
      try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).readToEnd() ?? Data()
    }
  }

  /// Throws unless there is a folder that only this user can open, and no link to one.
  package static func checkFolder(_ url: URL) throws(UserError) {
    var path = url.path(percentEncoded: false)
    // A slash at the end would follow a link.
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    var status = stat()
    let isFolder = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    guard isFolder, status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
      throw UserError("\(path): found no folder of this user's alone")
    }
  }
}
