import Archive
import Files
import Foundation
import IICCore
import Imaging
import Manifest
import Media
import Reading

/// The `data` section of a manifest about segmentation: pictures, and label pictures where there are some.
///
/// Items are tiles of pictures, called by the picture's path, or `path@row,column` where a picture gives several.
struct SegmentationData: ManifestSection, Sendable {
  /// Suffixes of pictures; of arrays `[H, W, C]` of bytes, which may have other channels than colours, `npy`.
  private static let suffixes: Set = ["png", "jpg", "jpeg", "jpe", "jfif", "webp", "bmp", "gif", "npy"]
  /// The most bytes of an encoded picture, and the most pixels of one.
  static let byteLimit = 1 << 31, pixelLimit = 1 << 29
  /// The most channels of an array.
  private static let channelLimit = 8

  let source: DataSource
  private let color: ColorModel
  private let orientation: OrientationPolicy
  private let tile: Int?
  private let overlap: Int
  private let maps: LabelPictures?

  init(from section: SectionReader) throws(ManifestError) {
    source = try section.dataSource("folder, archive or file with the pictures")
    color = try section(
      "channels", .choice, default: .rgb, "the colours that pictures are decoded to; arrays keep theirs")
    orientation = try section(
      "orientation", .choice, default: .follow,
      "follow: pictures are turned as they say (Exif); ignore: left as they are stored, as their label pictures are"
    )
    tile = try section(
      "tile", .integer(in: 8...4096), default: nil,
      "side of the tiles that pictures are cut into, pixels; if absent, pictures are whole and all of one size")
    overlap = try section(
      "overlap", .integer(in: 0...2048), default: 0, "pixels by which tiles lie over each other")
    maps = try section.read(
      LabelPictures.self, at: "maps", default: nil,
      "pictures that say of each pixel which class it is of; used to evaluate, and to train only by views.mask")
    try section.requires("overlap", of: "tile", tile != nil, "without tile")
    try section.check(
      overlap < tile ?? .max, "overlap", "found \(overlap); expected less than tile, which is \(tile ?? 0)")
  }

  private var decoding: String {
    "segmentation 1 \(color) \(orientation) tile \(tile ?? 0) overlap \(overlap) maps \(maps?.decoding ?? "none")"
  }

  func dataset(cache: SampleCache) throws -> Dataset {
    let sources = [(source, nil)] + (maps?.source.map { [($0, [String]?.none)] } ?? [])
    return try cache.dataset(sources: sources, decoding: decoding) { writer in try decode(into: &writer) }
  }

  private func decode(into writer: inout SampleWriter) throws -> DatasetDescription {
    var labels = try maps.map { try LabelFiles($0, of: source) }
    var ids: [String] = []
    var shape: [Int] = []
    var first = ""
    var notes = LeftOut()
    var unlabelled = LeftOut()
    try forEachPicture(of: source, &notes) { picture in
      var picture = picture
      if let maps, let entry = try labels?.take(for: picture.name) {
        picture.plane = try maps.plane(
          entry.bytes, entry: entry.name, path: labels?.path ?? "", height: picture.height, width: picture.width)
      } else if maps != nil {
        unlabelled.add(picture.name, because: "have no label picture, so that the class of no place is known")
      }
      let size = tile.map { [$0, $0] } ?? [picture.height, picture.width]
      if shape.isEmpty { (shape, first) = (size + [picture.channels + 1], picture.name) }
      guard shape == size + [picture.channels + 1] else {
        throw ArchiveError(
          path: source.path, entry: picture.name,
          message: "found \(picture.width) x \(picture.height) pixels of \(picture.channels) channels; expected "
            + "\(shape[1]) x \(shape[0]) of \(shape[2] - 1) as in \(first.debugDescription)"
            + (tile == nil ? "; data.tile cuts pictures of any size into tiles of one" : ""))
      }
      let grid = tile.map { TileGrid(height: picture.height, width: picture.width, side: $0, overlap: overlap) }
      let isWhole = (grid?.rows.count ?? 1) * (grid?.columns.count ?? 1) == 1
      for row in grid?.rows ?? [0] {
        for column in grid?.columns ?? [0] {
          try writer.append(picture.sample(row: row, column: column, rows: size[0], columns: size[1]))
          ids.append(isWhole ? picture.name : "\(picture.name)@\(row),\(column)")
        }
      }
    }
    guard !ids.isEmpty else {
      throw UserError(
        "\(source.path): found no picture; expected *.{\(Self.suffixes.sorted().joined(separator: ","))}")
    }
    var description = DatasetDescription(shape: shape, element: .uint8, ids: ids, classNames: maps?.names)
    description.notes = notes.notes(of: "files") + unlabelled.notes(of: "pictures")
    description.notes += labels?.unused.notes(of: "label pictures") ?? []
    return description
  }

  /// Calls `body` with each picture of the source, in its order, label pictures left out.
  func forEachPicture(
    of source: DataSource, _ leftOut: inout LeftOut, _ body: (Picture) throws -> Void
  ) throws {
    let suffix = maps.flatMap { $0.source == nil ? $0.suffix : nil }
    var others = LeftOut()
    try source.forEachEntry { entry in
      let path = EntryPath(entry.name)
      // A source that is one file is what it is, whatever its name.
      guard Self.suffixes.contains(path.suffix) else {
        others.add(path.name, because: "no pictures by their suffixes")
        return true
      }
      if let suffix, Stem(path).text.hasSuffix(suffix) { return true }
      try body(picture(entry.readAll(limit: Self.byteLimit), entry, isArray: path.suffix == "npy"))
      return true
    }
    leftOut = others
  }

  private func picture(_ bytes: [UInt8], _ entry: ArchiveEntry, isArray: Bool) throws -> Picture {
    let name = EntryPath(entry.name).name
    func problem(_ message: String) -> ArchiveError {
      ArchiveError(path: entry.path, entry: name, message: message)
    }
    if isArray {
      let held = ArchiveEntry(holding: bytes, path: entry.path, name: name)
      let header = try NPYHeader(reading: held)
      let shape = header.shape.count == 2 ? header.shape + [1] : header.shape
      guard header.element == .uint8, shape.count == 3, (1...Self.channelLimit).contains(shape[2]) else {
        throw problem(
          "found an array of shape \(header.shape) of type \(header.element.rawValue); expected bytes [H, W] or "
            + "[H, W, C] with at most \(Self.channelLimit) channels")
      }
      let array = try NPYArray(header, reading: held, limit: Self.byteLimit)
      return Picture(name: name, height: shape[0], width: shape[1], channels: shape[2], pixels: array.bytes)
    }
    do {
      let image = try ImageDecoder.decode(
        bytes, name: name, color: color, maximumPixels: Self.pixelLimit, orientation: orientation)
      return Picture(
        name: name, height: image.height, width: image.width, channels: image.channels, pixels: image.pixels)
    } catch {
      throw problem(error.message)
    }
  }
}

/// A path without the suffix of its kind.
struct Stem: Hashable {
  let text: String

  init(_ path: EntryPath) {
    text = path.suffix.isEmpty ? path.name : String(path.name.dropLast(path.suffix.count + 1))
  }
}

/// The files with label pictures, by the stem of their picture's name.
private struct LabelFiles {
  /// The most bytes of encoded label pictures that are held: 4 GiB.
  private static let limit = 1 << 32

  /// The source that they are in.
  let path: String
  private var files: [Stem: (name: String, bytes: [UInt8])] = [:]
  private let suffix: String
  private let isAlone: Bool

  /// Reads the label pictures of pictures in `pictures`.
  init(_ maps: LabelPictures, of pictures: DataSource) throws {
    let source = maps.source ?? pictures
    path = source.path
    suffix = maps.suffix
    var held = 0
    var found: [Stem: (name: String, bytes: [UInt8])] = [:]
    try source.forEachEntry { entry in
      let name = EntryPath(entry.name)
      guard ["png", "npy"].contains(name.suffix), Stem(name).text.hasSuffix(maps.suffix) else { return true }
      let bytes = try entry.readAll(limit: SegmentationData.byteLimit)
      held += bytes.count
      guard held <= Self.limit else {
        throw ArchiveError(
          path: source.path,
          message: "found more than \(Self.limit) bytes of label pictures; expected at most so many")
      }
      if let other = found.updateValue((name.name, bytes), forKey: Stem(name)) {
        throw ArchiveError(
          path: source.path, entry: name.name,
          message: "found beside \(other.name.debugDescription); expected one label picture of a picture")
      }
      return true
    }
    files = found
    // A source that is one file belongs to a source that is one file, whatever their names.
    isAlone = maps.source != nil && found.count == 1
  }

  /// The label picture of a picture; nil if there is none. Each is given once.
  mutating func take(for picture: String) throws -> (name: String, bytes: [UInt8])? {
    let path = EntryPath(picture)
    let stem = Stem(EntryPath(Stem(path).text + suffix + ".png"))
    if let found = files.removeValue(forKey: stem) { return found }
    // Folders that the pictures are in may have another name.
    let last = files.keys.filter { EntryPath($0.text).file == EntryPath(stem.text).file }
    if last.count == 1, let key = last.first { return files.removeValue(forKey: key) }
    return isAlone ? files.popFirst().map { $0.value } : nil
  }

  /// Those that belong to no picture.
  var unused: LeftOut {
    var leftOut = LeftOut()
    for file in files.values.map(\.name).sorted() { leftOut.add(file, because: "belong to no picture") }
    return leftOut
  }
}
