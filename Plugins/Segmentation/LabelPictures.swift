import Archive
import Files
import Foundation
import Imaging
import Manifest
import Media
import Reading

/// The section `maps` of a manifest's data: pictures that say of each pixel which class it is of.
///
/// A label picture has the stem of its picture's name and the suffix that the manifest gives, in the same folders below
/// another source, or in the same one. It is a PNG or a TIFF of one number or one colour a pixel, or an array of whole numbers
/// `[H, W]`, of NumPy (npy) or MATLAB (mat).
struct LabelPictures: ManifestSection, Sendable {
  /// Whether label pictures may have another size than their picture.
  enum Resize: String, CaseIterable, Sendable {
    /// They may not.
    case none
    /// Each pixel has the number of the nearest one.
    case nearest
  }

  /// The suffixes of label pictures' files.
  static let suffixes: Set = ["png", "tif", "tiff", "npy", "mat"]

  /// Where they are; nil is the source of the pictures.
  let source: DataSource?
  let suffix: String
  /// The least part of a picture's pixels of a known class for it to be read, from 0 to 1.
  let leastShare: Double
  private let classes: LabelClasses
  private let variable: String
  private let resize: Resize

  init(from section: SectionReader) throws(ManifestError) {
    let path = try section(
      "source", .path, default: nil, "folder, archive or file with the label pictures; if absent, the pictures' own"
    )
    source = path.map { DataSource(path: $0) }
    suffix = try section(
      "suffix", .string, default: "",
      "what follows the stem of a picture's name, without data.suffix, in that of its label picture, such as _mask")
    classes = try LabelClasses(from: section)
    leastShare = try section(
      "leastShare", .number(in: 0...1), default: 0,
      "pictures with a smaller part of their pixels in known classes are left out, which is a use of labels")
    variable = try section("variable", .string, default: "gt", "the variable of MATLAB files with the numbers")
    resize = try section(
      "resize", .choice, default: .none, "what is done with a label picture of another size than its picture's")
    try section.check(
      source != nil || !suffix.isEmpty, "suffix",
      "found none; expected one that tells label pictures from pictures, since both are in one source")
  }

  /// The names of the classes, if they have some.
  var names: [String]? { classes.names }

  /// Every option, as text.
  var decoding: String {
    "\(suffix.debugDescription) \(leastShare) \(variable.debugDescription) \(resize) \(classes.text)"
  }

  /// A label picture's plane, `[height, width]`, as `PlacePlane` says.
  struct Plane {
    let height, width: Int
    let values: [UInt8]
    fileprivate let entry, path: String

    /// The part of the pixels whose class is known, from 0 to 1.
    var share: Double {
      Double(values.count { $0 >= PlacePlane.firstClass }) / Double(max(1, values.count))
    }
  }

  /// Reads a label picture.
  func plane(_ bytes: [UInt8], entry: String, path: String) throws -> Plane {
    func problem(_ message: String) -> ArchiveError { ArchiveError(path: path, entry: entry, message: message) }
    let found = try numbers(bytes, entry: entry, path: path)
    guard found.isOfColours == classes.isOfColours else {
      throw problem(
        classes.isOfColours
          ? "found one number a pixel; expected colours, as maps.groups has"
          : "found colours; expected one number a pixel: a palette, or grey; maps.groups takes colours, too")
    }
    var values = [UInt8](repeating: PlacePlane.unknown, count: found.height * found.width)
    // Most pixels are of the class of the one before.
    var (last, place) = (-1, PlacePlane.unknown)
    for pixel in values.indices {
      let key = found.key(pixel)
      if key != last {
        guard let known = classes.place(of: key) else {
          throw problem(
            "pixel \(pixel % found.width), \(pixel / found.width): found class \(key); expected \(classes.allowed)")
        }
        (last, place) = (key, known)
      }
      values[pixel] = place
    }
    return Plane(height: found.height, width: found.width, values: values, entry: entry, path: path)
  }

  /// The plane of a picture of `height` x `width` pixels.
  func fitted(_ plane: Plane, height: Int, width: Int) throws(ArchiveError) -> [UInt8] {
    guard (plane.height, plane.width) == (height, width) || resize == .nearest else {
      throw ArchiveError(
        path: plane.path, entry: plane.entry,
        message:
          "found a label picture of \(plane.width) x \(plane.height) pixels; expected \(width) x \(height), as its "
          + "picture has; maps.resize: nearest takes the nearest")
    }
    return Picture.nearest(
      plane.values, height: plane.height, width: plane.width, newHeight: height, newWidth: width)
  }

  /// Numbers, or colours 0xRRGGBB, of pixels.
  private struct Numbers {
    let height, width: Int
    let isOfColours: Bool
    let key: (Int) -> Int
  }

  private func numbers(_ bytes: [UInt8], entry: String, path: String) throws -> Numbers {
    func problem(_ message: String) -> ArchiveError { ArchiveError(path: path, entry: entry, message: message) }
    switch EntryPath(entry).suffix {
    case "npy":
      let held = ArchiveEntry(holding: bytes, path: path, name: entry)
      return try numbers(
        NPYArray(NPYHeader(reading: held), reading: held, limit: SegmentationData.byteLimit), problem)
    case "mat":
      return try numbers(
        NPYArray(
          matlab: bytes, variable: variable, path: path, entry: entry, limit: SegmentationData.byteLimit), problem)
    default: break
    }
    if PNGIndices.hasIndices(bytes), !classes.isOfColours {
      let picture = try PNGIndices(bytes, maximumPixels: SegmentationData.pixelLimit, problem: problem)
      return Numbers(height: picture.height, width: picture.width, isOfColours: false) { Int(picture.values[$0]) }
    }
    guard PNGIndices.isPNG(bytes) || ImageDecoder.isTIFF(bytes) else {
      throw problem("found neither a PNG nor a TIFF")
    }
    let image: DecodedImage
    do {
      image = try ImageDecoder.decodeWhole(
        bytes, name: entry, color: nil, keepsPalette: !classes.isOfColours,
        maximumPixels: SegmentationData.pixelLimit,
        orientation: .ignore)
    } catch {
      throw problem(error.message)
    }
    let (pixels, channels) = (image.pixels, image.channels)
    guard channels == 1 || channels >= 3 else {
      throw problem("found \(channels) channels; expected one number a pixel, or red, green and blue")
    }
    return Numbers(height: image.height, width: image.width, isOfColours: channels >= 3) { pixel in
      if channels == 1 { return Int(pixels[pixel]) }
      let start = pixel * channels
      return Int(pixels[start]) << 16 | Int(pixels[start + 1]) << 8 | Int(pixels[start + 2])
    }
  }

  private func numbers(_ array: NPYArray, _ problem: (String) -> ArchiveError) throws -> Numbers {
    guard array.shape.count == 2 else {
      throw problem("found an array of shape \(array.shape); expected [H, W], a class for each pixel")
    }
    guard let values = array.integers() else {
      throw problem("found an array of type \(array.element.rawValue); expected whole numbers")
    }
    return Numbers(height: array.shape[0], width: array.shape[1], isOfColours: false) { values[$0] }
  }
}
