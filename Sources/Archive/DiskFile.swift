import Foundation

/// A regular file open for reading.
final class DiskFile {
  /// What stands at a path.
  enum Kind { case file, folder, other }

  let path: String
  let size: Int
  /// What the file system said of it when it was opened.
  let stamp: FileStamp
  private let descriptor: Int32

  /// Opens a file; a symbolic link is an error unless `followsLink`.
  init(path: String, followsLink: Bool) throws(ArchiveError) {
    // O_NONBLOCK: a pipe put in the file's place must not hold the process up.
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLink ? 0 : O_NOFOLLOW)
    let descriptor = open(path, flags)
    guard descriptor >= 0 else { throw .system(path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      Foundation.close(descriptor)
      throw ArchiveError(path: path, message: "found neither a file nor a folder")
    }
    self.path = path
    self.descriptor = descriptor
    self.size = Int(status.st_size)
    self.stamp = FileStamp(path: path, status)
  }

  deinit { Foundation.close(descriptor) }

  /// Reads the next bytes and returns how many; 0 means the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
    while true {
      let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      guard errno == EINTR else { throw .system(path) }
    }
  }

  /// Reads the bytes from `place` on and returns how many; 0 means the end.
  func read(into buffer: UnsafeMutableRawBufferPointer, at place: Int) throws(ArchiveError) -> Int {
    while true {
      let count = pread(descriptor, buffer.baseAddress, buffer.count, place)
      if count >= 0 { return count }
      guard errno == EINTR else { throw .system(path) }
    }
  }

  /// What stands at a path; a symbolic link counts as `other` unless `followsLink`.
  static func kind(of path: String, followsLink: Bool) throws(ArchiveError) -> Kind {
    var status = stat()
    guard (followsLink ? stat(path, &status) : lstat(path, &status)) == 0 else { throw .system(path) }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    default: .other
    }
  }
}

extension ArchiveError {
  /// The last system call's error.
  static func system(_ path: String) -> ArchiveError {
    ArchiveError(path: path, message: String(cString: strerror(errno)))
  }
}
