import CMedia

/// A picture's pixels.
public struct DecodedImage: Sendable, Equatable {
  /// The size in pixels.
  public let width, height: Int
  /// 1 for grey, 3 for red, green and blue.
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

/// Decodes PNG, JPEG, WebP, BMP and a GIF's first frame.
///
/// Whatever the file holds (palette, 16 bits, CMYK) becomes 8 bits grey or red, green and blue. What is
/// transparent is black. A JPEG of four colours has to say which, by Adobe's marker. A note in the file that it be turned
/// (Exif) is not followed.
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
  public static func decode(
    _ bytes: [UInt8], name: String, color: ColorModel, size: (width: Int, height: Int)? = nil,
    maximumPixels: Int = 1 << 26
  ) throws(MediaError) -> DecodedImage {
    let reader = try reader(bytes, name: name, maximumPixels: maximumPixels)
    return try image(of: reader, size: size ?? reader.size, color: color)
  }

  /// Decodes a picture to a size that follows from its own: `resize` is given that and returns the one to resize to.
  public static func decode(
    _ bytes: [UInt8], name: String, color: ColorModel, maximumPixels: Int = 1 << 26,
    resize: ((width: Int, height: Int)) throws(MediaError) -> (width: Int, height: Int)
  ) throws(MediaError) -> DecodedImage {
    let reader = try reader(bytes, name: name, maximumPixels: maximumPixels)
    return try image(of: reader, size: resize(reader.size), color: color)
  }

  /// Decodes a picture to a square: resized so that its shorter side has `side` pixels, then cut to the middle.
  ///
  /// This is torchvision's `Resize(side)` and `CenterCrop(side)`, down to how sides are rounded. A picture much longer
  /// than wide, or wider than long, is refused.
  public static func decode(
    _ bytes: [UInt8], name: String, color: ColorModel, square side: Int, maximumPixels: Int = 1 << 26
  ) throws(MediaError) -> DecodedImage {
    let reader = try reader(bytes, name: name, maximumPixels: maximumPixels)
    let (width, height) = reader.size
    let shorter = min(width, height)
    guard max(width, height) <= shorter * longestAspect else {
      throw MediaError(
        name: name,
        message: "found \(width) x \(height) pixels; expected a side at most \(longestAspect) times the other")
    }
    let size = (width: side * width / shorter, height: side * height / shorter)
    return try image(of: reader, size: size, color: color).middle(side: side)
  }

  /// A reader that has decoded a picture.
  private static func reader(
    _ bytes: [UInt8], name: String, maximumPixels: Int
  ) throws(MediaError) -> MediaReader {
    let reader = try MediaReader(bytes, kind: CMEDIA_IMAGE, name: name, maximumPixels: maximumPixels)
    guard try reader.next() else { throw MediaError(name: name, message: "found no picture") }
    let found = reader.size
    guard found.width > 0, found.height > 0, found.width <= maximumPixels / found.height else {
      throw MediaError(
        name: name, message: "found \(found.width) x \(found.height) pixels; allowed are \(maximumPixels)")
    }
    return reader
  }

  private static func image(
    of reader: MediaReader, size: (width: Int, height: Int), color: ColorModel
  ) throws(MediaError) -> DecodedImage {
    DecodedImage(
      width: size.width, height: size.height, channels: color.channels,
      pixels: try reader.pixels(width: size.width, height: size.height, channels: color.channels))
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
