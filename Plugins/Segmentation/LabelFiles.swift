import Archive
import Foundation
import Reading

/// A path without the suffix of its kind, and without one of the user's before that.
struct Stem: Hashable {
  let text: String

  init(_ path: EntryPath, without suffix: String = "") {
    let text = path.suffix.isEmpty ? path.name : String(path.name.dropLast(path.suffix.count + 1))
    self.text = text.hasSuffix(suffix) ? String(text.dropLast(suffix.count)) : text
  }

  /// The last step of the path.
  var file: Substring { text.split(separator: "/").last ?? "" }
}

/// The files with label pictures, by the stem of their picture's name.
struct LabelFiles {
  /// A label picture that is not decoded.
  struct File {
    let name: String
    let bytes: [UInt8]
  }

  /// The most bytes of encoded label pictures that are held: 4 GiB.
  private static let limit = 1 << 32

  /// The source that they are in.
  let path: String
  private var files: [Stem: File] = [:]
  /// The stems by their last step.
  private var byFile: [Substring: [Stem]] = [:]
  private let isAlone: Bool

  /// Reads the label pictures of pictures in `pictures`.
  init(_ maps: LabelPictures, of pictures: DataSource) throws {
    let source = maps.source ?? pictures
    path = source.path
    var held = 0
    var found: [Stem: File] = [:]
    try source.forEachEntry { entry in
      let name = EntryPath(entry.name)
      guard LabelPictures.suffixes.contains(name.suffix), Stem(name).text.hasSuffix(maps.suffix) else {
        return true
      }
      let bytes = try entry.readAll(limit: SegmentationData.byteLimit)
      held += bytes.count
      guard held <= Self.limit else {
        throw ArchiveError(
          path: source.path,
          message: "found more than \(Self.limit) bytes of label pictures; expected at most so many")
      }
      let file = File(name: name.name, bytes: bytes)
      if let other = found.updateValue(file, forKey: Stem(name, without: maps.suffix)) {
        throw ArchiveError(
          path: source.path, entry: name.name,
          message: "found beside \(other.name.debugDescription); expected one label picture of a picture")
      }
      return true
    }
    files = found
    byFile = Dictionary(grouping: found.keys, by: \.file)
    // A source that is one file belongs to a source that is one file, whatever their names.
    isAlone = maps.source != nil && found.count == 1
  }

  /// The label picture of the picture of a stem; nil if there is none. Each is given once.
  mutating func take(for picture: Stem) -> File? {
    if let found = files.removeValue(forKey: picture) { return found }
    // Folders that the pictures are in may have another name.
    if let last = byFile[picture.file], last.count == 1 { return files.removeValue(forKey: last[0]) }
    return isAlone ? files.popFirst()?.value : nil
  }

  /// Those that belong to no picture.
  var unused: LeftOut {
    var leftOut = LeftOut()
    for file in files.values.map(\.name).sorted() { leftOut.add(file, because: "belong to no picture") }
    return leftOut
  }
}
