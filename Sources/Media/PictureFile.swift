import CMedia

/// The part of a picture's file that the decoder is given, and what the file says of how it is shown.
///
/// What a file is, its first bytes say. Nothing but that is guessed, so that what comes behind a picture, as the film of
/// a phone's moving photograph does, changes nothing.
struct PictureFile {
  /// Where the first frame of an animation lies.
  struct Place {
    /// The size of the whole picture, pixels.
    let width, height: Int
    /// The frame's first column and row.
    let left, top: Int
  }

  /// A whole file of a still picture, or of one whose first frame the decoder takes.
  let bytes: [UInt8]
  let format: cmedia_picture
  /// Nil where the frame is all of the picture.
  private(set) var place: Place?
  /// What Exif says.
  private(set) var orientation = Orientation.upright

  /// The kinds that are read, for messages.
  private static let allowed = "PNG, JPEG, WebP, BMP or GIF"

  /// Looks through a file. Throws if it is no picture that is read, or if it ends before its picture does.
  init(_ bytes: [UInt8], name: String) throws(MediaError) {
    guard !bytes.isEmpty else { throw MediaError(name: name, message: "found no data") }
    var exif: Range<Int>?
    var isWhole = true
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      let parts = JPEGParts(bytes)
      isWhole = parts.isWhole
      (self.bytes, format, exif) = (bytes, CMEDIA_JPEG, parts.exif)
    } else if bytes.starts(with: [0x89]), bytes.has("PNG\r\n", at: 1) {
      (self.bytes, format, exif) = (bytes, CMEDIA_PNG, Self.exif(ofPNG: bytes))
    } else if bytes.has("RIFF", at: 0), bytes.has("WEBP", at: 8) {
      do {
        let file = try WebPFile(bytes)
        (self.bytes, format, exif, place) = (file.still, CMEDIA_WEBP, file.exif, file.place)
      } catch {
        throw MediaError(name: name, message: error.text)
      }
    } else if bytes.has("GIF8", at: 0) {
      isWhole = bytes.hasFirstImageOfGIF
      (self.bytes, format) = (bytes, CMEDIA_GIF)
    } else if bytes.has("BM", at: 0), let size = bytes.number(at: 14, bytes: 4, isLittle: true),
      [12, 16, 40, 52, 56, 64, 108, 124].contains(size)
    {
      isWhole = bytes.hasRowsOfBMP
      (self.bytes, format) = (bytes, CMEDIA_BMP)
    } else {
      let found = Self.foreignKind(bytes).map { "found \($0)" } ?? "cannot be read"
      throw MediaError(name: name, message: "\(found); expected \(Self.allowed)")
    }
    guard isWhole else { throw MediaError(name: name, message: "the data are damaged or cut short") }
    if let exif { orientation = Orientation(exif: bytes[exif]) }
  }

  /// A kind of picture that is not read, whatever its file is called.
  private static func foreignKind(_ bytes: [UInt8]) -> String? {
    if bytes.has("II*\0", at: 0) || bytes.has("MM\0*", at: 0) { return "a TIFF or a camera's raw picture" }
    if bytes.has("JXL ", at: 4) || bytes.starts(with: [0xFF, 0x0A]) { return "a JPEG XL picture" }
    if bytes.has("jP  ", at: 4) { return "a JPEG 2000 picture" }
    if bytes.has("8BPS", at: 0) { return "a Photoshop picture" }
    guard bytes.has("ftyp", at: 4) else { return nil }
    let isAVIF = bytes.has("avif", at: 8) || bytes.has("avis", at: 8)
    return isAVIF ? "an AVIF picture" : bytes.has("mif1", at: 8) || bytes.has("he", at: 8) ? "a HEIF picture" : nil
  }

  /// Where a PNG's chunk of Exif is.
  private static func exif(ofPNG bytes: [UInt8]) -> Range<Int>? {
    var place = 8
    while let size = bytes.number(at: place, bytes: 4, isLittle: false), !bytes.has("IEND", at: place + 4) {
      let start = place + 8
      guard start <= bytes.count, size <= bytes.count - start else { return nil }
      if bytes.has("eXIf", at: place + 4) { return start..<(start + size) }
      place = start + size + 4
    }
    return nil
  }
}
