import Archive
import IICCore
import Manifest
import Media
import Reading

/// How encoded pictures become samples of one shape: the keys that all formats of pictures have.
struct PictureOptions: Sendable {
  /// The most bytes of an encoded picture: 128 MiB.
  static let byteLimit = 1 << 27

  let color: ColorModel
  /// The side of the squares that pictures are made; nil keeps their size, which must be the same for all.
  let side: Int?
  let orientation: OrientationPolicy
  let onUndecodable: Undecodable

  init(from section: SectionReader) throws(ManifestError) {
    color = try section("channels", .choice, default: .rgb, "the colours that pictures are decoded to")
    side = try section(
      "resize", .integer(in: 8...1024), default: nil,
      "pixels of the shorter side after resizing; the middle square is kept. If absent, all have one size")
    orientation = try section(
      "orientation", .choice, default: .follow,
      "follow: pictures are turned as they say (Exif); ignore: left as they are stored")
    onUndecodable = try section.onUndecodable(
      "what is done with a picture that does not decode: skip leaves it out")
  }

  /// Every option that changes the samples, as text.
  var decoding: String {
    "\(color) \(side.map(String.init) ?? "own size") orientation: \(orientation) \(onUndecodable)"
  }

  /// Decodes the picture that an entry holds.
  func decode(_ bytes: [UInt8], path: String, entry: String) throws(ArchiveError) -> DecodedImage {
    do {
      guard let side else {
        return try ImageDecoder.decode(bytes, name: entry, color: color, orientation: orientation)
      }
      return try ImageDecoder.decode(bytes, name: entry, color: color, square: side, orientation: orientation)
    } catch {
      throw ArchiveError(path: path, entry: entry, message: error.message)
    }
  }
}
