/// The chunks of a WebP. FFmpeg's decoder reads still ones only, so the first frame of an animation is made one.
struct WebPFile {
  /// What is wrong with a file.
  struct Problem: Error { let text: String }

  /// The file of a still picture.
  let still: [UInt8]
  /// Where that lies, if it is an animation's first frame and smaller than the whole.
  private(set) var place: PictureFile.Place?
  /// Where the Exif block is in the file.
  private(set) var exif: Range<Int>?

  private static let cutShort = Problem(text: "the data are damaged or cut short")
  /// How many bytes the fields before a frame's own chunks have.
  private static let frameHead = 16

  init(_ bytes: [UInt8]) throws(Problem) {
    guard let size = bytes.number(at: 4, bytes: 4, isLittle: true), size >= 4, size <= bytes.count - 8 else {
      throw Self.cutShort
    }
    var canvas: (width: Int, height: Int)?
    var hasExif = false, isStill = false
    var frame: Range<Int>?
    for chunk in Self.chunks(of: bytes, in: 12..<(8 + size)) {
      let start = chunk.body.lowerBound
      if bytes.has("VP8X", at: chunk.name), chunk.body.count >= 10, canvas == nil {
        hasExif = bytes[start] & 8 != 0
        canvas = Self.size(bytes, at: start + 4)
      } else if bytes.has("EXIF", at: chunk.name), hasExif, exif == nil {
        // Some programs write the head that it has in a JPEG.
        exif = bytes.has("Exif\0\0", at: start) && chunk.body.count >= 6 ? chunk.body.dropFirst(6) : chunk.body
      } else if bytes.has("VP8 ", at: chunk.name) || bytes.has("VP8L", at: chunk.name) {
        isStill = isStill || frame == nil
      } else if bytes.has("ANMF", at: chunk.name), frame == nil {
        frame = chunk.body
      }
    }
    guard let frame, !isStill else {
      still = Array(bytes[..<(8 + size)])
      return
    }
    guard let canvas, frame.count >= Self.frameHead, let own = Self.size(bytes, at: frame.lowerBound + 6),
      let left = bytes.number(at: frame.lowerBound, bytes: 3, isLittle: true),
      let top = bytes.number(at: frame.lowerBound + 3, bytes: 3, isLittle: true),
      let still = Self.still(of: bytes, in: frame.dropFirst(Self.frameHead), size: own)
    else { throw Self.cutShort }
    self.still = still
    if own != canvas {
      place = PictureFile.Place(width: canvas.width, height: canvas.height, left: 2 * left, top: 2 * top)
    }
  }

  /// The chunks of a part of a file, up to the first that is not whole: where the name is, and what follows the size.
  private static func chunks(of bytes: [UInt8], in range: Range<Int>) -> [(name: Int, body: Range<Int>)] {
    var chunks: [(name: Int, body: Range<Int>)] = []
    var place = range.lowerBound
    while place <= range.upperBound - 8, let size = bytes.number(at: place + 4, bytes: 4, isLittle: true),
      size <= range.upperBound - place - 8
    {
      chunks.append((place, (place + 8)..<(place + 8 + size)))
      place += 8 + size + (size & 1)
    }
    return chunks
  }

  /// A width and a height of three bytes each, one less than they are.
  private static func size(_ bytes: [UInt8], at place: Int) -> (width: Int, height: Int)? {
    guard let width = bytes.number(at: place, bytes: 3, isLittle: true),
      let height = bytes.number(at: place + 3, bytes: 3, isLittle: true)
    else { return nil }
    return (width + 1, height + 1)
  }

  /// The file of a still picture that a frame's chunks are; nil if they hold none.
  private static func still(
    of bytes: [UInt8], in range: Range<Int>, size: (width: Int, height: Int)
  ) -> [UInt8]? {
    func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }
    var alpha: [UInt8] = []
    for chunk in chunks(of: bytes, in: range) {
      let isLossy = bytes.has("VP8 ", at: chunk.name)
      let whole = bytes[chunk.name..<chunk.body.upperBound] + (chunk.body.count & 1 == 1 ? [0] : [])
      if bytes.has("ALPH", at: chunk.name) { alpha = Array(whole) }
      guard isLossy || bytes.has("VP8L", at: chunk.name) else { continue }
      var body = Array("WEBP".utf8)
      if isLossy, !alpha.isEmpty {
        // The flag that there is transparency, and the size.
        body += Array("VP8X".utf8) + little(10, 4) + little(16, 4) + little(size.width - 1, 3)
        body += little(size.height - 1, 3)
        body += alpha
      }
      body += whole
      return Array("RIFF".utf8) + little(body.count, 4) + body
    }
    return nil
  }
}
