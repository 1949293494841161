/// What is done with a note in a picture or a film that it be turned to be seen as it was taken.
public enum OrientationPolicy: String, CaseIterable, Sendable {
  /// It is turned as the note says.
  case follow
  /// It is left as it is stored.
  case ignore
}

/// How a stored picture is turned and mirrored to be seen as it was taken: in one of eight ways.
struct Orientation: Hashable, Sendable {
  /// Whether columns become rows.
  var swapsSides = false
  /// Whether stored columns, rows are taken from the last one on.
  var reversesColumns = false, reversesRows = false

  /// As it is stored.
  static let upright = Orientation()

  /// The number of Exif's tag 0x0112; upright unless it is from 2 to 8.
  init(exif number: Int) {
    guard (2...8).contains(number) else { return }
    swapsSides = number >= 5
    reversesColumns = [2, 3, 7, 8].contains(number)
    reversesRows = [3, 4, 6, 7].contains(number)
  }

  /// A film's display matrix: the first five of its numbers, `x' = m0 x + m3 y`, `y' = m1 x + m4 y`. What is not a
  /// multiple of a quarter turn is taken for the nearest one.
  init(matrix: [Int32]) {
    guard matrix.count >= 5 else { return }
    let (a, b, c, d) = (Int(matrix[0]), Int(matrix[1]), Int(matrix[3]), Int(matrix[4]))
    swapsSides = abs(b) + abs(c) > abs(a) + abs(d)
    reversesColumns = (swapsSides ? b : a) < 0
    reversesRows = (swapsSides ? c : d) < 0
  }

  /// What an Exif block says, which is a TIFF without a picture; upright if it says nothing or is damaged.
  init(exif block: ArraySlice<UInt8>) {
    let bytes = Array(block)
    let isLittle = bytes.starts(with: Array("II".utf8))
    guard isLittle || bytes.starts(with: Array("MM".utf8)), bytes.number(at: 2, bytes: 2, isLittle: isLittle) == 42,
      let directory = bytes.number(at: 4, bytes: 4, isLittle: isLittle),
      let entries = bytes.number(at: directory, bytes: 2, isLittle: isLittle)
    else { return }
    for entry in 0..<entries {
      let place = directory + 2 + 12 * entry
      guard let tag = bytes.number(at: place, bytes: 2, isLittle: isLittle) else { return }
      guard tag == 0x0112 else { continue }
      // A number of two bytes, or of four as some programs have it.
      let size = bytes.number(at: place + 2, bytes: 2, isLittle: isLittle) == 4 ? 4 : 2
      self = Orientation(exif: bytes.number(at: place + 8, bytes: size, isLittle: isLittle) ?? 1)
      return
    }
  }

  private init() {}

  /// The size of what is seen of a stored picture, or that of what is stored of a seen one.
  func turned(_ size: (width: Int, height: Int)) -> (width: Int, height: Int) {
    swapsSides ? (size.height, size.width) : size
  }

  /// The pixels `[H', W', C]` that are seen of stored ones `[H, W, C]`.
  func turned(_ pixels: [UInt8], width: Int, height: Int, channels: Int) -> [UInt8] {
    guard self != .upright, pixels.count == width * height * channels else { return pixels }
    let seen = turned((width: width, height: height))
    // Where the first pixel that is seen is stored, and how far from there the next of its row, of its column.
    let start = (reversesRows ? height - 1 : 0) * width + (reversesColumns ? width - 1 : 0)
    let (right, down) = (reversesColumns ? -1 : 1, reversesRows ? -width : width)
    let (acrossStep, downStep) = swapsSides ? (down, right) : (right, down)
    return [UInt8](unsafeUninitializedCapacity: pixels.count) { out, count in
      for row in 0..<seen.height {
        for column in 0..<seen.width {
          let place = (start + row * downStep + column * acrossStep) * channels
          for channel in 0..<channels {
            out[count] = pixels[place + channel]
            count += 1
          }
        }
      }
    }
  }
}

extension [UInt8] {
  /// The whole number of up to 4 bytes at a place; nil if they are not all there.
  func number(at place: Int, bytes size: Int, isLittle: Bool) -> Int? {
    guard place >= 0, size <= count, place <= count - size else { return nil }
    let digits = self[place..<(place + size)]
    return isLittle ? digits.reversed().reduce(0) { $0 << 8 | Int($1) } : digits.reduce(0) { $0 << 8 | Int($1) }
  }

  /// Whether the letters stand at a place.
  func has(_ letters: StaticString, at place: Int) -> Bool {
    guard place >= 0, letters.utf8CodeUnitCount <= count, place <= count - letters.utf8CodeUnitCount else {
      return false
    }
    return (0..<letters.utf8CodeUnitCount).allSatisfy { self[place + $0] == letters.utf8Start[$0] }
  }
}
