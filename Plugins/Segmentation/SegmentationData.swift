import Archive
import Files
import Foundation
import IICCore
import Imaging
import Manifest
import Reading

/// The `data` section of a manifest about segmentation: pictures, and label pictures where there are some.
///
/// Items are pictures or tiles of them, called by the picture's path, or `path@row,column` where a picture gives several.
struct SegmentationData: ManifestSection, Sendable {
  /// The most bytes of an encoded picture, and the most pixels of one.
  static let byteLimit = 1 << 31, pixelLimit = 1 << 29

  let source: DataSource
  /// The factor by which pictures are scaled before they are cut.
  let scale: Double
  private let files: PictureFiles
  private let leastSide: Int
  private let cut: PictureCut
  private let maps: LabelPictures?

  init(from section: SectionReader) throws(ManifestError) {
    source = try section.dataSource("folder, archive or file with the pictures")
    files = try PictureFiles(from: section)
    leastSide = try section(
      "leastSide", .integer(in: 1...(1 << 20)), default: 1, "pictures with a smaller side are left out, pixels")
    scale = try section(
      "scale", .number(in: 0.01...10), default: 1,
      "factor by which pictures are scaled before they are cut, bilinearly; of label pictures the nearest pixel is taken"
    )
    cut = try PictureCut(from: section)
    maps = try section.read(
      LabelPictures.self, at: "maps", default: nil,
      "pictures that say of each pixel which class it is of; used to evaluate, and to train only by views.mask and "
        + "maps.leastShare")
  }

  private var decoding: String {
    "segmentation 2 \(files.decoding) \(leastSide) \(scale) \(cut.decoding) maps \(maps?.decoding ?? "none")"
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
    var unlabelled = LeftOut()
    let notes = try forEachFile(of: source) { file, leftOut in
      let entry = labels?.take(for: Stem(EntryPath(file.name), without: files.suffix))
      let plane = try entry.flatMap { entry in
        try maps?.plane(entry.bytes, entry: entry.name, path: labels?.path ?? "")
      }
      if let maps, plane == nil {
        unlabelled.add(file.name, because: "having no label picture")
        if maps.leastShare > 0 {
          return leftOut.add(file.name, because: "without a label picture, beside maps.leastShare")
        }
      }
      // What is left out is not decoded.
      if let plane, min(plane.height, plane.width) < leastSide { return leftOut.add(file.name, because: tooSmall) }
      if let maps, let plane, plane.share < maps.leastShare {
        return leftOut.add(file.name, because: "of whose pixels less than \(maps.leastShare) are in known classes")
      }
      guard var picture = try decoded(file, &leftOut) else { return }
      guard min(picture.height, picture.width) >= leastSide else {
        return leftOut.add(file.name, because: tooSmall)
      }
      if let maps, let plane {
        picture.plane = try maps.fitted(plane, height: picture.height, width: picture.width)
      }
      picture = try picture.scaled(by: scale)
      func problem(_ message: String) -> ArchiveError {
        ArchiveError(path: source.path, entry: file.name, message: message)
      }
      let size = try cut.size(of: picture, problem)
      if shape.isEmpty { (shape, first) = (size + [picture.channels + 1], file.name) }
      guard shape == size + [picture.channels + 1] else {
        throw problem(
          "found \(picture.width) x \(picture.height) pixels of \(picture.channels) channels; expected "
            + "\(shape[1]) x \(shape[0]) of \(shape[2] - 1) as in \(first.debugDescription)" + cut.hint)
      }
      let places = cut.places(in: picture)
      for (row, column) in places {
        try writer.append(picture.sample(row: row, column: column, rows: size[0], columns: size[1]))
        ids.append(places.count == 1 ? picture.name : "\(picture.name)@\(row),\(column)")
      }
    }
    guard !ids.isEmpty else {
      throw UserError(
        ([
          "\(source.path): found no picture to be read; expected *.{\(PictureFiles.suffixes.sorted().joined(separator: ","))}"
        ]
          + notes).joined(separator: "; "))
    }
    var description = DatasetDescription(shape: shape, element: .uint8, ids: ids, classNames: maps?.names)
    description.notes = notes + unlabelled.notes(of: "pictures", "kept without labels")
    description.notes += labels?.unused.notes(of: "label pictures") ?? []
    return description
  }

  private var tooSmall: String { "with a side below \(leastSide) pixels" }

  /// Calls `body` with each picture of the source, in its order, label pictures left out; returns what was left out, a line
  /// each.
  func forEachPicture(of source: DataSource, _ body: (Picture) throws -> Void) throws -> [String] {
    try forEachFile(of: source) { file, leftOut in
      if let picture = try decoded(file, &leftOut) { try body(picture) }
    }
  }

  /// A picture's file, not decoded.
  private struct File {
    let name, path: String
    let bytes: [UInt8]
  }

  private func forEachFile(
    of source: DataSource, _ body: (File, inout LeftOut) throws -> Void
  ) throws -> [String] {
    var (others, pictures) = (LeftOut(), LeftOut())
    let labelSuffix = maps.flatMap { $0.source == nil ? $0.suffix : nil }
    try source.forEachEntry { entry in
      let path = EntryPath(entry.name)
      guard PictureFiles.suffixes.contains(path.suffix) else {
        others.add(path.name, because: "no pictures by their suffixes")
        return true
      }
      let stem = Stem(path).text
      if let labelSuffix, stem.hasSuffix(labelSuffix) { return true }
      guard stem.hasSuffix(files.suffix) else {
        others.add(path.name, because: "whose names do not end with \(files.suffix.debugDescription)")
        return true
      }
      let file = File(name: path.name, path: entry.path, bytes: try entry.readAll(limit: Self.byteLimit))
      try body(file, &pictures)
      return true
    }
    return others.notes(of: "files") + pictures.notes(of: "pictures")
  }

  /// The picture in a file; nil if it does not decode and may be left out.
  private func decoded(_ file: File, _ leftOut: inout LeftOut) throws -> Picture? {
    do {
      return try files.picture(file.bytes, name: file.name, path: file.path)
    } catch let error as ArchiveError {
      guard files.onUndecodable == .skip else { throw error.adding(Undecodable.hint) }
      leftOut.add(file.name, because: error.message)
      return nil
    }
  }
}

/// How pictures become samples of one shape: whole, in tiles, or each in the middle of a canvas.
private struct PictureCut: ManifestSection, Sendable {
  private let tile, canvas: Int?
  private let overlap: Int

  init(from section: SectionReader) throws(ManifestError) {
    tile = try section(
      "tile", .integer(in: 8...4096), default: nil,
      "side of the tiles that pictures are cut into, pixels; if this and canvas are absent, pictures are whole and all of "
        + "one size")
    overlap = try section(
      "overlap", .integer(in: 0...2048), default: 0, "pixels by which tiles lie over each other")
    canvas = try section(
      "canvas", .integer(in: 8...4096), default: nil,
      "side of samples in whose middle pictures of any size are laid, pixels; larger ones are an error")
    try section.requires("overlap", of: "tile", tile != nil, "without tile")
    try section.check(
      overlap < tile ?? .max, "overlap", "found \(overlap); expected less than tile, which is \(tile ?? 0)")
    try section.check(tile == nil || canvas == nil, "canvas", "found beside tile; expected one of the two")
  }

  var decoding: String { "tile \(tile ?? 0) overlap \(overlap) canvas \(canvas ?? 0)" }

  /// What a message about a picture of another size ends with.
  var hint: String {
    tile == nil && canvas == nil
      ? "; data.tile cuts pictures of any size into tiles of one, data.canvas lays them on one size" : ""
  }

  /// The sides of a picture's samples.
  func size(of picture: Picture, _ problem: (String) -> ArchiveError) throws(ArchiveError) -> [Int] {
    if let tile { return [tile, tile] }
    guard let canvas else { return [picture.height, picture.width] }
    guard max(picture.height, picture.width) <= canvas else {
      throw problem(
        "found \(picture.width) x \(picture.height) pixels, scaled; expected at most \(canvas) x \(canvas), which "
          + "data.canvas is")
    }
    return [canvas, canvas]
  }

  /// Where a picture's samples begin.
  func places(in picture: Picture) -> [(row: Int, column: Int)] {
    if let canvas { return [(-((canvas - picture.height) / 2), -((canvas - picture.width) / 2))] }
    guard let tile else { return [(0, 0)] }
    let grid = TileGrid(height: picture.height, width: picture.width, side: tile, overlap: overlap)
    return grid.rows.flatMap { row in grid.columns.map { (row, $0) } }
  }
}
