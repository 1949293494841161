import CZlib

/// The numbers that a PNG's pixels are stored as: indices into its palette, or levels of grey. Label pictures are such, and
/// a decoder to colours would lose them.
public struct PNGIndices: Sendable {
  /// The size in pixels.
  public let width, height: Int
  /// The numbers, row by row, from 0; of 16 bits the higher byte comes first in the file and both are kept.
  public let values: [UInt16]

  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  /// Those of the standard's colour types that have one number a pixel.
  private static let grey = 0, palette = 3

  /// Whether bytes begin as a PNG does.
  public static func isPNG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: signature) }

  /// Whether a PNG has one number a pixel, rather than colours.
  public static func hasIndices(_ bytes: [UInt8]) -> Bool {
    isPNG(bytes) && bytes.count > 25 && [grey, palette].contains(Int(bytes[25]))
  }

  /// Reads a whole PNG file (ISO/IEC 15948) of one number a pixel, of 1 to 16 bits, not interlaced, of at most
  /// `maximumPixels`. Errors are made by `problem`.
  public init(
    _ bytes: [UInt8], maximumPixels: Int = 1 << 29, problem: (String) -> ArchiveError
  ) throws(ArchiveError) {
    guard Self.isPNG(bytes), bytes.count >= 33 else { throw problem("found no PNG picture") }
    func number(_ place: Int) -> Int { (0..<4).reduce(0) { $0 << 8 | Int(bytes[place + $1]) } }
    (width, height) = (number(16), number(20))
    let (depth, kind, interlace) = (Int(bytes[24]), Int(bytes[25]), bytes[28])
    guard kind == Self.grey || kind == Self.palette else {
      throw problem("found a PNG of colours; expected one number a pixel: a palette, or grey")
    }
    guard [1, 2, 4, 8, 16].contains(depth) else { throw problem("found a PNG of \(depth) bits; expected 1 to 16") }
    guard interlace == 0 else { throw problem("found an interlaced PNG; expected one that is not") }
    guard width > 0, height > 0, width <= maximumPixels / height else {
      throw problem("found \(width) x \(height) pixels; allowed are \(maximumPixels)")
    }
    var packed: [UInt8] = []
    var place = 8
    while place + 12 <= bytes.count {
      let length = number(place)
      guard length >= 0, length <= bytes.count - place - 12 else { throw problem("the PNG is cut short") }
      let type = bytes[(place + 4)..<(place + 8)]
      if type.elementsEqual("IDAT".utf8) { packed += bytes[(place + 8)..<(place + 8 + length)] }
      if type.elementsEqual("IEND".utf8) { break }
      place += length + 12
    }
    let stride = (width * depth + 7) / 8
    let rows = try Self.inflated(packed, to: (stride + 1) * height, problem)
    values = try Self.unfiltered(rows, stride: stride, width: width, height: height, depth: depth, problem)
  }

  private static func inflated(
    _ packed: [UInt8], to count: Int, _ problem: (String) -> ArchiveError
  ) throws(ArchiveError) -> [UInt8] {
    var length = uLongf(count)
    var status = Z_OK
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      status = uncompress(buffer.baseAddress, &length, packed, uLong(packed.count))
      filled = status == Z_OK ? Int(length) : 0
    }
    guard status == Z_OK, bytes.count == count else { throw problem("the PNG is damaged or cut short") }
    return bytes
  }

  /// Undoes the filter of each row (ISO/IEC 15948, 9) and unpacks its numbers.
  private static func unfiltered(
    _ rows: [UInt8], stride: Int, width: Int, height: Int, depth: Int, _ problem: (String) -> ArchiveError
  ) throws(ArchiveError) -> [UInt16] {
    var values: [UInt16] = []
    values.reserveCapacity(width * height)
    let step = max(1, depth / 8)
    var above = [UInt8](repeating: 0, count: stride)
    var row = above
    for line in 0..<height {
      let start = line * (stride + 1)
      let filter = rows[start]
      guard filter <= 4 else { throw problem("the PNG is damaged: filter \(filter) in row \(line)") }
      for place in 0..<stride {
        let left = place >= step ? Int(row[place - step]) : 0
        let up = Int(above[place])
        let corner = place >= step ? Int(above[place - step]) : 0
        let guess =
          switch filter {
          case 0: 0
          case 1: left
          case 2: up
          case 3: (left + up) / 2
          default: paeth(left, up, corner)
          }
        row[place] = UInt8(truncatingIfNeeded: Int(rows[start + 1 + place]) + guess)
      }
      switch depth {
      case 8: values += row.map { UInt16($0) }
      case 16: for place in 0..<width { values.append(UInt16(row[2 * place]) << 8 | UInt16(row[2 * place + 1])) }
      default:
        let mask = UInt8(1 << depth - 1)
        for column in 0..<width {
          let bit = column * depth
          values.append(UInt16(row[bit / 8] >> (8 - depth - bit % 8) & mask))
        }
      }
      swap(&above, &row)
    }
    return values
  }

  private static func paeth(_ left: Int, _ up: Int, _ corner: Int) -> Int {
    let guess = left + up - corner
    let (a, b, c) = (abs(guess - left), abs(guess - up), abs(guess - corner))
    return a <= b && a <= c ? left : b <= c ? up : corner
  }
}
