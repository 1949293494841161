import Foundation

/// A file's last path component, and what its suffixes promise.
struct FileName {
  private(set) var text: String

  init(_ path: String) { text = (path as NSString).lastPathComponent }

  /// The suffix that promises compressed data.
  var compression: String? {
    let suffix = (text as NSString).pathExtension.lowercased()
    return FileName.compressions.contains(suffix) || FileName.archives[suffix] == true ? suffix : nil
  }

  /// The suffix that promises an archive.
  var archive: String? {
    let suffix = (text as NSString).pathExtension.lowercased()
    return FileName.archives[suffix] != nil ? suffix : nil
  }

  /// Removes the suffix of the compression, but not one like `.tgz`, which also promises an archive.
  mutating func dropCompression() {
    if archive == nil { text = (text as NSString).deletingPathExtension }
  }

  private static let compressions: Set = ["gz", "bz2", "xz", "lz", "zst", "lz4"]
  /// Suffixes of archives, and whether they promise compression of the whole.
  private static let archives = [
    "tar": false, "zip": false, "npz": false, "7z": false, "rar": false,
    "tgz": true, "tbz": true, "tbz2": true, "txz": true, "tzst": true,
  ]
}
