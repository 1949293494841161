import Foundation

/// A folder's regular files, in all its sub-folders, links not followed.
struct Folder {
  let path: String
  /// The files' paths relative to the folder, in the order of their UTF-8 bytes.
  let names: [String]

  init(path: String) throws(ArchiveError) {
    self.path = path
    var names: [String] = []
    var pending = [""]
    while let prefix = pending.popLast() {
      for child in try Folder.children(of: prefix.isEmpty ? path : path + "/" + prefix) {
        let name = prefix + child
        switch try DiskFile.kind(of: path + "/" + name, followsLink: false) {
        case .file: names.append(name)
        case .folder: pending.append(name + "/")
        case .other: break
        }
      }
    }
    guard !names.isEmpty else { throw ArchiveError(path: path, message: "the folder holds no files") }
    self.names = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Opens one of the files.
  func open(_ name: String) throws(ArchiveError) -> DiskFile {
    try DiskFile(path: path + "/" + name, followsLink: false)
  }

  private static func children(of path: String) throws(ArchiveError) -> [String] {
    guard let stream = opendir(path) else { throw .system(path) }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let record = readdir(stream) else { break }
      let bytes = withUnsafeBytes(of: &record.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      guard let name = String(validating: bytes, as: UTF8.self) else {
        throw ArchiveError(
          path: path,
          message: "found a file name that is not UTF-8: \(String(decoding: bytes, as: UTF8.self).quoted)")
      }
      if name != ".", name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw .system(path) }
    return names
  }
}
