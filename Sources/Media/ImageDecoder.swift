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
/// transparent is black. A note in the file that it be turned (Exif) is not followed.
public enum ImageDecoder {
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
    try decode(bytes, name: name, color: color, maximumPixels: maximumPixels) { size ?? $0 }
  }

  /// Decodes a picture to a size that follows from its own: `resize` is given that and returns the one to resize to.
  public static func decode(
    _ bytes: [UInt8], name: String, color: ColorModel, maximumPixels: Int = 1 << 26,
    resize: ((width: Int, height: Int)) throws(MediaError) -> (width: Int, height: Int)
  ) throws(MediaError) -> DecodedImage {
    let reader = try MediaReader(bytes, kind: CMEDIA_IMAGE, name: name, maximumPixels: maximumPixels)
    guard try reader.next() else { throw MediaError(name: name, message: "found no picture") }
    let found = reader.size
    guard found.width > 0, found.height > 0, found.width <= maximumPixels / found.height else {
      throw MediaError(
        name: name, message: "found \(found.width) x \(found.height) pixels; allowed are \(maximumPixels)")
    }
    let size = try resize(found)
    return DecodedImage(
      width: size.width, height: size.height, channels: color.channels,
      pixels: try reader.pixels(width: size.width, height: size.height, channels: color.channels))
  }
}
