// Whether a file has all of its first picture. FFmpeg's decoders fill up some of what is missing without a word.

/// The segments of a JPEG up to the end of its first picture.
struct JPEGParts {
  /// Where the Exif block is.
  private(set) var exif: Range<Int>?
  /// Whether the picture's end is there.
  private(set) var isWhole = false

  init(_ bytes: [UInt8]) {
    var place = 2
    // What is no marker is data of a scan, or filling.
    while let start = bytes[min(place, bytes.count)...].firstIndex(of: 0xFF), start + 1 < bytes.count {
      let marker = bytes[start + 1]
      place = start + (marker == 0xFF ? 1 : 2)
      switch marker {
      case 0, 0x01, 0xD0...0xD8, 0xFF: continue  // These have no body.
      case 0xD9:
        isWhole = true
        return
      default: break
      }
      guard let size = bytes.number(at: place, bytes: 2, isLittle: false), size >= 2, size <= bytes.count - place
      else {
        return
      }
      if marker == 0xE1, exif == nil, size >= 8, bytes.has("Exif\0\0", at: place + 2) {
        exif = (place + 8)..<(place + size)
      }
      place += size
    }
  }
}

extension [UInt8] {
  /// Whether a GIF has all of its first image, if any, which an empty block ends.
  var hasFirstImageOfGIF: Bool {
    /// The bytes of a table of colours.
    func table(_ flags: Int) -> Int { flags & 0x80 == 0 ? 0 : 3 << ((flags & 7) + 1) }
    /// What follows blocks of data, each behind its size.
    func end(ofBlocksAt start: Int) -> Int? {
      var place = start
      while let size = number(at: place, bytes: 1, isLittle: true) {
        place += 1 + size
        if size == 0 { return place }
      }
      return nil
    }
    guard let flags = number(at: 10, bytes: 1, isLittle: true) else { return false }
    var place = 13 + table(flags)
    while let kind = number(at: place, bytes: 1, isLittle: true) {
      switch kind {
      case 0x21:
        guard let next = end(ofBlocksAt: place + 2) else { return false }
        place = next
      case 0x2C:
        guard let flags = number(at: place + 9, bytes: 1, isLittle: true) else { return false }
        return end(ofBlocksAt: place + 11 + table(flags)) != nil
      default: return true
      }
    }
    return false
  }

  /// Whether a BMP has all of its rows, if they are not packed. Each is filled up to four bytes; with less, the decoder
  /// would take them for rows that are not.
  var hasRowsOfBMP: Bool {
    func field(_ place: Int, _ size: Int) -> Int? { number(at: place, bytes: size, isLittle: true) }
    guard let head = field(14, 4) else { return false }
    // The oldest head has numbers of two bytes.
    let isOld = head == 12
    guard let start = field(10, 4), let width = field(18, isOld ? 2 : 4),
      let stored = field(isOld ? 20 : 22, isOld ? 2 : 4),
      let bits = field(isOld ? 24 : 28, 2), let packing = isOld || head == 16 ? 0 : field(30, 4)
    else { return false }
    // A negative height: rows come from the top on.
    let height = isOld ? stored : Int(Int32(truncatingIfNeeded: stored).magnitude)
    guard packing == 0 || packing == 3, width > 0, height > 0 else { return true }
    let row = (width * bits + 31) / 32 * 4
    let (size, isTooLarge) = row.multipliedReportingOverflow(by: height)
    return !isTooLarge && size <= count && start <= count - size
  }
}
