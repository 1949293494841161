/// A picture's pixels.
public struct DecodedImage: Sendable, Equatable {
  /// The size in pixels.
  public let width, height: Int
  /// 1 for grey, 3 for red, green and blue; other numbers as a TIFF has them.
  public let channels: Int
  /// The bytes `[height, width, channels]`.
  public let pixels: [UInt8]
}

/// What colours a picture is decoded to.
public enum ColorModel: String, CaseIterable, Sendable {
  case grey, rgb

  /// The bytes of a pixel.
  public var channels: Int { self == .grey ? 1 : 3 }
}

/// Decodes PNG, JPEG, WebP, BMP and GIF; of an animation the first frame, of an animated PNG the picture that programs
/// without animation show.
///
/// Whatever the file holds (palette, 16 bits, CMYK) becomes 8 bits grey or red, green and blue. What is
/// transparent is black. A JPEG of four colours has to say which, by Adobe's marker. A note in a JPEG, PNG or WebP that it
/// be turned (Exif) is followed unless `orientation` is `ignore`; sizes are those after that. What comes behind a picture
/// in its file is not looked at.
public enum ImageDecoder {
  /// The most times that a picture's longer side may be as long as the shorter one, for it to be made a square.
  private static let longestAspect = 32

  /// Decodes a picture.
  ///
  /// - Parameters:
  ///   - name: what errors call it.
  ///   - color: grey or red, green and blue.
  ///   - size: the size to resize it to; nil keeps its own.
  ///   - maximumPixels: larger pictures are refused before they are decoded.
  ///   - orientation: whether the picture is turned as the file says.
  public static func decode(
    _ bytes: [UInt8], name: String, color: ColorModel, size: (width: Int, height: Int)? = nil,
    maximumPixels: Int = 1 << 26, orientation: OrientationPolicy = .follow
  ) throws(MediaError) -> DecodedImage {
    let picture = try Picture(bytes, name: name, maximumPixels: maximumPixels, orientation)
    return try picture.image(size: size ?? picture.size, color: color)
  }

  /// Decodes a picture to a size that follows from its own: `resize` is given that and returns the one to resize to.
  public static func decode(
    _ bytes: [UInt8], name: String, color: ColorModel, maximumPixels: Int = 1 << 26,
    orientation: OrientationPolicy = .follow,
    resize: ((width: Int, height: Int)) throws(MediaError) -> (width: Int, height: Int)
  ) throws(MediaError) -> DecodedImage {
    let picture = try Picture(bytes, name: name, maximumPixels: maximumPixels, orientation)
    return try picture.image(size: resize(picture.size), color: color)
  }

  /// Decodes a picture to a square: resized so that its shorter side has `side` pixels, then cut to the middle.
  ///
  /// This is torchvision's `Resize(side)` and `CenterCrop(side)`, down to how sides are rounded. A picture much longer
  /// than wide, or wider than long, is refused.
  public static func decode(
    _ bytes: [UInt8], name: String, color: ColorModel, square side: Int, maximumPixels: Int = 1 << 26,
    orientation: OrientationPolicy = .follow
  ) throws(MediaError) -> DecodedImage {
    let picture = try Picture(bytes, name: name, maximumPixels: maximumPixels, orientation)
    let (width, height) = picture.size
    let shorter = min(width, height)
    guard max(width, height) <= shorter * longestAspect else {
      throw MediaError(
        name: name,
        message: "found \(width) x \(height) pixels; expected a side at most \(longestAspect) times the other")
    }
    let size = (width: side * width / shorter, height: side * height / shorter)
    return try picture.image(size: size, color: color).middle(side: side)
  }
}

/// A picture that is decoded but not yet converted.
private struct Picture {
  private let reader: MediaReader
  private let orientation: Orientation

  init(_ bytes: [UInt8], name: String, maximumPixels: Int, _ policy: OrientationPolicy) throws(MediaError) {
    let file = try PictureFile(bytes, name: name)
    if let place = file.place { try Self.check((place.width, place.height), maximumPixels, name) }
    reader = try MediaReader(file, name: name, maximumPixels: maximumPixels)
    orientation = policy == .follow ? file.orientation : .upright
    guard try reader.next() else { throw MediaError(name: name, message: "found no picture") }
    try Self.check(reader.size, maximumPixels, name)
    if let place = file.place { try reader.put(at: place) }
  }

  private static func check(_ size: (width: Int, height: Int), _ maximum: Int, _ name: String) throws(MediaError) {
    guard size.width > 0, size.height > 0, size.width <= maximum / size.height else {
      throw MediaError(name: name, message: "found \(size.width) x \(size.height) pixels; allowed are \(maximum)")
    }
  }

  /// The size of the picture as it is seen, pixels.
  var size: (width: Int, height: Int) { orientation.turned(reader.size) }

  /// The picture as it is seen, resized.
  func image(size: (width: Int, height: Int), color: ColorModel) throws(MediaError) -> DecodedImage {
    let stored = orientation.turned(size)
    let pixels = try reader.pixels(width: stored.width, height: stored.height, channels: color.channels)
    return DecodedImage(
      width: size.width, height: size.height, channels: color.channels,
      pixels: orientation.turned(
        pixels, width: stored.width, height: stored.height, channels: color.channels))
  }
}

extension DecodedImage {
  /// The square in the middle; `side` is at most the width and the height.
  fileprivate func middle(side: Int) -> DecodedImage {
    if width == side, height == side { return self }
    let left = Int((Double(width - side) / 2).rounded(.toNearestOrEven))
    let top = Int((Double(height - side) / 2).rounded(.toNearestOrEven))
    var square: [UInt8] = []
    square.reserveCapacity(side * side * channels)
    for row in top..<(top + side) {
      let start = (row * width + left) * channels
      square += pixels[start..<(start + side * channels)]
    }
    return DecodedImage(width: side, height: side, channels: channels, pixels: square)
  }
}
