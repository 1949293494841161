import Foundation

/// The checksums of a folder's files, as `sha256sum` writes and checks them: a line for each.
enum ChecksumList {
  static let name = "SHA256SUMS"

  /// The line of a file, which may be larger than memory.
  static func line(of name: String, in folder: URL) throws -> String {
    "\(try SHA256.hash(of: folder.appending(path: name)))  \(name)\n"
  }

  /// The lines of several files.
  static func lines(of names: [String], in folder: URL) throws -> Data {
    Data(try names.map { try line(of: $0, in: folder) }.joined().utf8)
  }
}
