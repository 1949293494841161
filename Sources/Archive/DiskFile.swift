import Foundation

/// A regular file open for reading.
final class DiskFile {
  /// What stands at a path.
  enum Kind { case file, folder, link, other }

  let path: String
  let size: Int
  /// What the file system said of it when it was opened.
  let stamp: FileStamp
  private let descriptor: Int32

  /// Opens a file; a symbolic link is an error unless `followsLink`. The file is at `place`, if the path is only what it
  /// is called.
  init(path: String, place: [UInt8]? = nil, followsLink: Bool) throws(ArchiveError) {
    // O_NONBLOCK: a pipe put in the file's place must not hold the process up.
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLink ? 0 : O_NOFOLLOW)
    let descriptor = (place ?? Array(path.utf8)).asPath { open($0, flags) }
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

  /// What stands at a path; links are followed.
  static func kind(of path: String) throws(ArchiveError) -> Kind {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .system(path) }
    return Kind(status.st_mode)
  }
}

extension DiskFile.Kind {
  init(_ mode: mode_t) {
    switch mode & S_IFMT {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    case S_IFLNK: self = .link
    default: self = .other
    }
  }
}

extension [UInt8] {
  /// The bytes as a path for the system; they need not be UTF-8.
  func asPath<Result>(_ call: (UnsafePointer<CChar>) -> Result) -> Result {
    (map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { bytes in
      // An array that is not empty has a first element.
      guard let path = bytes.baseAddress else { return "".withCString(call) }
      return call(path)
    }
  }
}

extension ArchiveError {
  /// The last system call's error.
  static func system(_ path: String) -> ArchiveError {
    ArchiveError(path: path, message: String(cString: strerror(errno)))
  }
}
