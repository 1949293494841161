import Archive
import Files
import Foundation
import Imaging
import Manifest
import Reading

/// The section `maps` of a manifest's data: pictures that say of each pixel which class it is of.
///
/// A label picture has the stem of its picture's name and the suffix that the manifest gives, in the same folders below
/// another source, or in the same one. It is a PNG of one number a pixel or an npy array of whole numbers, `[H, W]`.
struct LabelPictures: ManifestSection, Sendable {
  /// Whether label pictures may have another size than their picture.
  enum Resize: String, CaseIterable, Sendable {
    /// They may not.
    case none
    /// Each pixel has the number of the nearest one.
    case nearest
  }

  /// Where they are; nil is the source of the pictures.
  let source: DataSource?
  let suffix: String
  private let classNames: [String]?
  private let unlabelled: [Int]
  private let resize: Resize

  init(from section: SectionReader) throws(ManifestError) {
    let path = try section(
      "source", .path, default: nil, "folder, archive or file with the label pictures; if absent, the pictures' own"
    )
    source = path.map { DataSource(path: $0) }
    suffix = try section(
      "suffix", .string, default: "",
      "what follows the stem of a picture's name in that of its label picture, such as _mask")
    classNames = try section(
      "classes", .list(of: .string), default: nil, "names of the classes, by number; if absent, numbers")
    unlabelled = try section(
      "unlabelled", .list(of: .integer(in: 0...65535)), default: [255], "numbers that stand for no known class")
    resize = try section(
      "resize", .choice, default: .none, "what is done with a label picture of another size than its picture's")
    try section.check(
      source != nil || !suffix.isEmpty, "suffix",
      "found none; expected one that tells label pictures from pictures, since both are in one source")
    try section.check(
      (classNames?.count ?? 0) <= PlacePlane.classLimit, "classes",
      "found \(classNames?.count ?? 0) names; expected at most \(PlacePlane.classLimit)")
  }

  /// The names of the classes, if they have some.
  var names: [String]? { classNames }

  /// Every option, as text.
  var decoding: String {
    "\(suffix.debugDescription) \(unlabelled) \(resize) \(classNames?.description ?? "numbers")"
  }

  /// The plane of a picture of `height` x `width` pixels, from the bytes of its label picture.
  func plane(_ bytes: [UInt8], entry: String, path: String, height: Int, width: Int) throws -> [UInt8] {
    func problem(_ message: String) -> ArchiveError { ArchiveError(path: path, entry: entry, message: message) }
    let (found, values) = try numbers(bytes, entry: entry, problem)
    let shape = (height: height, width: width)
    guard found == shape || resize == .nearest else {
      throw problem(
        "found a label picture of \(found.width) x \(found.height) pixels; expected \(width) x \(height), as its picture "
          + "has; maps.resize: nearest takes the nearest")
    }
    var plane = [UInt8](repeating: PlacePlane.unknown, count: height * width)
    let limit = classNames?.count ?? PlacePlane.classLimit
    for row in 0..<height {
      let from = (2 * row + 1) * found.height / (2 * height) * found.width
      for column in 0..<width {
        let value = values[from + (2 * column + 1) * found.width / (2 * width)]
        if value == -1 || unlabelled.contains(value) { continue }
        guard (0..<limit).contains(value) else {
          throw problem(
            "pixel \(column), \(row): found class \(value); expected 0 to \(limit - 1), or "
              + unlabelled.map(String.init).joined(separator: ", ") + ", which maps.unlabelled says is unknown")
        }
        plane[row * width + column] = PlacePlane.firstClass + UInt8(value)
      }
    }
    return plane
  }

  private func numbers(
    _ bytes: [UInt8], entry: String, _ problem: (String) -> ArchiveError
  ) throws -> (size: (height: Int, width: Int), values: [Int]) {
    if PNGIndices.isPNG(bytes) {
      let picture = try PNGIndices(bytes, problem: problem)
      return ((picture.height, picture.width), picture.values.map { Int($0) })
    }
    let held = ArchiveEntry(holding: bytes, path: "", name: entry)
    let header: NPYHeader
    do {
      header = try NPYHeader(reading: held)
    } catch {
      throw problem("found neither a PNG of one number a pixel nor an npy array")
    }
    guard header.shape.count == 2 else {
      throw problem("found an array of shape \(header.shape); expected [H, W], a class for each pixel")
    }
    guard let values = try NPYArray(header, reading: held, limit: 1 << 32).integers() else {
      throw problem("found an array of type \(header.element.rawValue); expected whole numbers")
    }
    return ((header.shape[0], header.shape[1]), values)
  }
}
