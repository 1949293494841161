import IICCore
import Manifest
import Media

/// The size and the colours that every frame is brought to.
struct FrameShape: Sendable {
  /// How a picture that is not square becomes one.
  enum Fit: String, CaseIterable, Sendable {
    /// Its middle is kept.
    case crop
    /// All of it is, out of proportion.
    case stretch
  }

  let side: Int
  let fit: Fit
  let color: ColorModel
  let orientation: OrientationPolicy

  /// The most pixels of a frame in a file, 8K's; as many after it is resized.
  static let maximumPixels = 1 << 25

  /// Every option, as text.
  var key: String { "\(side) \(fit) \(color) orientation: \(orientation)" }
  /// The shape of a sample, `[side, side, C]`.
  var sampleShape: [Int] { [side, side, color.channels] }

  /// Reads the keys `size`, `fit`, `color` and `orientation`.
  init(from section: SectionReader) throws(ManifestError) {
    side = try section("size", .integer(in: 8...512), default: 64, "side of the frames that are kept, pixels")
    fit = try section(
      "fit", .choice, default: .crop, "how a frame becomes a square: crop keeps its middle, stretch all of it")
    color = try section("color", .choice, default: .rgb, "the colours that are kept")
    orientation = try section(
      "orientation", .choice, default: .follow,
      "follow: frames are turned as the film or the picture (Exif) says; ignore: left as they are stored")
  }

  /// The size to which a picture is resized, before it is cut. Throws if it is too narrow for that.
  func resized(_ size: (width: Int, height: Int), of name: String) throws(MediaError) -> (width: Int, height: Int) {
    guard fit == .crop else { return (side, side) }
    let shorter = min(size.width, size.height)
    guard shorter > 0 else { throw MediaError(name: name, message: "found a frame without pixels") }
    func scaled(_ length: Int) -> Int { max(side, (length * side + shorter / 2) / shorter) }
    let result = (width: scaled(size.width), height: scaled(size.height))
    guard result.width * result.height <= Self.maximumPixels else {
      throw MediaError(
        name: name, message: "found a frame of \(size.width) x \(size.height), too narrow for fit: crop")
    }
    return result
  }

  /// The middle `[side, side, C]` of pixels `[height, width, C]`.
  func cut(_ pixels: [UInt8], width: Int, height: Int) -> [UInt8] {
    guard width != side || height != side else { return pixels }
    let (left, top) = ((width - side) / 2, (height - side) / 2)
    var result: [UInt8] = []
    result.reserveCapacity(side * side * color.channels)
    for row in top..<(top + side) {
      let start = (row * width + left) * color.channels
      result += pixels[start..<(start + side * color.channels)]
    }
    return result
  }
}
