import Foundation

/// What a file system says of a file without its bytes being read. A file whose stamp is as it was has, as a rule,
/// the bytes it had.
public struct FileStamp: Hashable, Sendable, Codable {
  /// The absolute path.
  public let path: String
  /// The size, bytes.
  public let size: Int
  /// When the bytes were last written, nanoseconds since 1970. A program can set it to any time.
  public let modified: Int
  /// When the bytes or anything the file system says of them was last changed, nanoseconds since 1970. Only the
  /// clock sets it.
  public let changed: Int
  /// The file's number in its file system.
  public let inode: UInt64
  /// The file system's number.
  public let device: UInt64

  init(path: String, _ status: stat) {
    self.path = URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
    size = Int(status.st_size)
    modified = Self.nanoseconds(status.st_mtim)
    changed = Self.nanoseconds(status.st_ctim)
    inode = UInt64(status.st_ino)
    device = UInt64(status.st_dev)
  }

  private static func nanoseconds(_ time: timespec) -> Int {
    Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec)
  }
}
