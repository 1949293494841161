import Archive
import Files
import Imaging
import Manifest
import Media
import Reading

/// How pictures are read: the keys of a manifest's data that say what of a source is a picture, and what of it is taken.
struct PictureFiles: ManifestSection, Sendable {
  /// What channels pictures have.
  enum Channels: String, CaseIterable, Sendable {
    case grey, rgb
    /// Those that a TIFF holds, infrared too; the colours of other pictures.
    case all

    fileprivate var color: ColorModel? {
      switch self {
      case .grey: .grey
      case .rgb: .rgb
      case .all: nil
      }
    }
  }

  /// Suffixes of pictures; of arrays `[H, W, C]` of bytes, which may have other channels than colours, `npy` and `mat`.
  static let suffixes: Set = [
    "png", "jpg", "jpeg", "jpe", "jfif", "webp", "bmp", "gif", "tif", "tiff", "npy", "mat",
  ]
  /// The most channels of an array or a TIFF.
  private static let channelLimit = 8

  /// What the stems of pictures end with.
  let suffix: String
  let onUndecodable: Undecodable
  private let channels: Channels
  private let variable: String
  private let orientation: OrientationPolicy

  init(from section: SectionReader) throws(ManifestError) {
    suffix = try section(
      "suffix", .string, default: "",
      "what the stems of pictures' names end with, such as _RGBIR; others are left out")
    channels = try section(
      "channels", .choice, default: .rgb,
      "what pictures are decoded to; all keeps every channel of a TIFF, infrared too; arrays keep theirs")
    variable = try section("variable", .string, default: "img", "the variable of MATLAB files with the picture")
    orientation = try section(
      "orientation", .choice, default: .follow,
      "follow: pictures are turned as they say (Exif); ignore: left as they are stored, as their label pictures are"
    )
    onUndecodable = try section.onUndecodable(
      "what is done with a picture that does not decode: skip leaves it out")
  }

  /// Every option, as text.
  var decoding: String {
    "\(suffix.debugDescription) \(channels) \(variable.debugDescription) \(orientation) \(onUndecodable)"
  }

  /// Decodes the picture in a file.
  func picture(_ bytes: [UInt8], name: String, path: String) throws -> Picture {
    func problem(_ message: String) -> ArchiveError { ArchiveError(path: path, entry: name, message: message) }
    let suffix = EntryPath(name).suffix
    guard suffix != "npy", suffix != "mat" else {
      let held = ArchiveEntry(holding: bytes, path: path, name: name)
      let limit = SegmentationData.byteLimit
      let array =
        suffix == "npy"
        ? try NPYArray(NPYHeader(reading: held), reading: held, limit: limit)
        : try NPYArray(matlab: bytes, variable: variable, path: path, entry: name, limit: limit)
      let shape = array.shape.count == 2 ? array.shape + [1] : array.shape
      guard array.element == .uint8, shape.count == 3, (1...Self.channelLimit).contains(shape[2]) else {
        throw problem(
          "found an array of shape \(array.shape) of type \(array.element.rawValue); expected bytes [H, W] or [H, W, C] "
            + "with at most \(Self.channelLimit) channels")
      }
      return Picture(name: name, height: shape[0], width: shape[1], channels: shape[2], pixels: array.bytes)
    }
    let image: DecodedImage
    do {
      image = try ImageDecoder.decodeWhole(
        bytes, name: name, color: channels.color, maximumPixels: SegmentationData.pixelLimit,
        orientation: orientation)
    } catch {
      throw problem(error.message)
    }
    guard image.channels <= Self.channelLimit else {
      throw problem("found \(image.channels) channels; expected at most \(Self.channelLimit)")
    }
    return Picture(
      name: name, height: image.height, width: image.width, channels: image.channels, pixels: image.pixels)
  }
}
