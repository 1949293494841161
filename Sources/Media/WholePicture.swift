import CMedia

/// Pictures of any size that memory holds, and those of more channels than colours.
///
/// FFmpeg decodes no picture beyond some 16,000 x 16,000 pixels and makes colours of what is none. The libraries of the
/// formats themselves, libpng, libjpeg-turbo and libtiff, do without that.
extension ImageDecoder {
  /// Decodes a picture to its own size. Besides what `decode` reads it reads TIFF: of several pages the first, of at most
  /// 8 bits a channel.
  ///
  /// - Parameters:
  ///   - name: what errors call it.
  ///   - color: grey or red, green and blue, for which further channels of a TIFF are left out; nil gives all channels of
  ///     a TIFF and the colours of other pictures.
  ///   - keepsPalette: whether a TIFF with a palette gives its numbers rather than their colours.
  ///   - maximumPixels: larger pictures are refused before they are decoded.
  ///   - orientation: whether the picture is turned as the file says.
  public static func decodeWhole(
    _ bytes: [UInt8], name: String, color: ColorModel?, keepsPalette: Bool = false, maximumPixels: Int,
    orientation: OrientationPolicy = .follow
  ) throws(MediaError) -> DecodedImage {
    try decodeWhole(
      bytes, name: name, color: color, keepsPalette: keepsPalette, maximumPixels: maximumPixels,
      orientation: orientation, ffmpegBelow: Int(Int32.max))
  }

  /// FFmpeg decodes a PNG or a JPEG whose sides multiply to less than `limit` as its bound has it.
  static func decodeWhole(
    _ bytes: [UInt8], name: String, color: ColorModel?, keepsPalette: Bool = false, maximumPixels: Int,
    orientation policy: OrientationPolicy = .follow, ffmpegBelow limit: Int
  ) throws(MediaError) -> DecodedImage {
    if isTIFF(bytes) {
      let file = try WholePicture(bytes, CMEDIA_WHOLE_TIFF, name: name, maximumPixels: maximumPixels)
      let stored = try file.image(channels: file.isPalette && !keepsPalette ? 3 : file.channels)
      let turned = policy == .follow ? stored.turned(file.orientation) : stored
      return color.map { turned.reduced(to: $0) } ?? turned
    }
    let format: cmedia_format? =
      bytes.starts(with: [0xFF, 0xD8, 0xFF])
      ? CMEDIA_WHOLE_JPEG : bytes.starts(with: [0x89]) && bytes.has("PNG\r\n", at: 1) ? CMEDIA_WHOLE_PNG : nil
    let color = color ?? .rgb
    guard let format, let file = try? WholePicture(bytes, format, name: name, maximumPixels: maximumPixels),
      file.ffmpegExtent >= limit
    else {
      return try decode(
        bytes, name: name, color: color, maximumPixels: maximumPixels, orientation: policy)
    }
    let orientation = try PictureFile(bytes, name: name).orientation
    // Of a PNG in colours libpng would take the grey of light, other decoders that of its numbers.
    let isReduced = format == CMEDIA_WHOLE_PNG && file.channels > color.channels
    let stored = try file.image(channels: isReduced ? file.channels : color.channels).reduced(to: color)
    return policy == .follow ? stored.turned(orientation) : stored
  }

  /// Whether bytes begin as a TIFF, large ones included, does.
  public static func isTIFF(_ bytes: [UInt8]) -> Bool {
    bytes.has("II*\0", at: 0) || bytes.has("MM\0*", at: 0) || bytes.has("II+\0", at: 0) || bytes.has("MM\0+", at: 0)
  }
}

/// A picture that is not decoded yet.
private struct WholePicture {
  private let bytes: [UInt8]
  private let format: cmedia_format
  private let name: String
  private let extent: cmedia_extent

  init(_ bytes: [UInt8], _ format: cmedia_format, name: String, maximumPixels: Int) throws(MediaError) {
    var extent = cmedia_extent()
    var text = ErrorText()
    guard cmedia_whole(bytes, bytes.count, format, &extent, 0, nil, &text.bytes) == 0 else {
      throw MediaError(name: name, message: text.message)
    }
    (self.bytes, self.format, self.name, self.extent) = (bytes, format, name, extent)
    guard extent.width > 0, extent.height > 0, channels > 0, Int(extent.width) <= maximumPixels / Int(extent.height)
    else {
      throw MediaError(
        name: name, message: "found \(extent.width) x \(extent.height) pixels; allowed are \(maximumPixels)")
    }
  }

  var channels: Int { Int(extent.channels) }
  var isPalette: Bool { extent.is_palette != 0 }
  var orientation: Orientation { Orientation(exif: Int(extent.orientation)) }

  /// What FFmpeg bounds of a picture (`av_image_check_size2`).
  var ffmpegExtent: Int { (Int(extent.width) * 8 + 1024) * (Int(extent.height) + 128) }

  func image(channels: Int) throws(MediaError) -> DecodedImage {
    let (width, height) = (Int(extent.width), Int(extent.height))
    // What is transparent stays as it is here, black.
    var pixels = [UInt8](repeating: 0, count: width * height * channels)
    var again = cmedia_extent()
    var text = ErrorText()
    guard cmedia_whole(bytes, bytes.count, format, &again, Int32(channels), &pixels, &text.bytes) == 0 else {
      throw MediaError(name: name, message: text.message)
    }
    if extent.is_inverse != 0 { for place in pixels.indices { pixels[place] = ~pixels[place] } }
    return DecodedImage(width: width, height: height, channels: channels, pixels: pixels)
  }
}

extension DecodedImage {
  fileprivate func turned(_ orientation: Orientation) -> DecodedImage {
    let size = orientation.turned((width: width, height: height))
    return DecodedImage(
      width: size.width, height: size.height, channels: channels,
      pixels: orientation.turned(pixels, width: width, height: height, channels: channels))
  }

  /// Grey or red, green and blue of whatever channels there are, the colours being the first ones.
  fileprivate func reduced(to color: ColorModel) -> DecodedImage {
    guard channels != color.channels else { return self }
    let count = width * height
    let isGrey = channels < 3
    let reduced = [UInt8](unsafeUninitializedCapacity: count * color.channels) { out, written in
      for pixel in 0..<count {
        let from = pixel * channels
        switch color {
        case .rgb:
          for channel in 0..<3 { out[pixel * 3 + channel] = pixels[from + (isGrey ? 0 : channel)] }
        case .grey where isGrey:
          out[pixel] = pixels[from]
        case .grey:
          // ITU-R BT.601, as for other pictures.
          let sum = 299 * Int(pixels[from]) + 587 * Int(pixels[from + 1]) + 114 * Int(pixels[from + 2])
          out[pixel] = UInt8((sum + 500) / 1000)
        }
      }
      written = count * color.channels
    }
    return DecodedImage(width: width, height: height, channels: color.channels, pixels: reduced)
  }
}
