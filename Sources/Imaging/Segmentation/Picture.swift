import Torch

/// A picture whole in memory, of which samples for a dense network are cut.
public struct Picture: Sendable {
  /// What it is called.
  public let name: String
  /// The size in pixels, and the number of channels.
  public let height, width, channels: Int
  /// The bytes `[height, width, channels]`.
  public let pixels: [UInt8]
  /// What is there, `[height, width]`, as `PlacePlane` says; nil where no class is known.
  public var plane: [UInt8]?

  /// Takes the bytes of a picture.
  public init(name: String, height: Int, width: Int, channels: Int, pixels: [UInt8], plane: [UInt8]? = nil) {
    (self.name, self.height, self.width, self.channels) = (name, height, width, channels)
    (self.pixels, self.plane) = (pixels, plane)
  }

  /// The sample `[rows, columns, channels + 1]` that begins at a place, which may lie outside. Its last plane says what is
  /// there.
  public func sample(row: Int, column: Int, rows: Int, columns: Int) -> [UInt8] {
    let size = channels + 1
    var bytes = [UInt8](repeating: 0, count: rows * columns * size)
    let down = max(0, -row)..<max(max(0, -row), min(rows, height - row))
    let across = max(0, -column)..<max(max(0, -column), min(columns, width - column))
    bytes.withUnsafeMutableBufferPointer { bytes in
      pixels.withUnsafeBufferPointer { pixels in
        for y in down {
          for x in across {
            let from = (row + y) * width + column + x
            let to = (y * columns + x) * size
            for channel in 0..<channels { bytes[to + channel] = pixels[from * channels + channel] }
            bytes[to + channels] = plane?[from] ?? PlacePlane.unknown
          }
        }
      }
    }
    return bytes
  }
}

extension Picture {
  /// The picture at `scale` times its size, bilinearly and without smoothing, as OpenCV's `INTER_LINEAR`; of the plane the
  /// nearest pixel.
  public func scaled(by scale: Double) throws -> Picture {
    guard scale != 1 else { return self }
    let size = Self.scaled(height, width, by: scale)
    let stored = try pixels.withUnsafeBytes {
      try Tensor(bytes: $0, shape: [1, height, width, channels], dtype: .uint8)
    }
    let smooth = try withoutGradients {
      try stored.permuted([0, 3, 1, 2]).to(.float32).resizedBilinearly(height: size.height, width: size.width)
        .permuted([0, 2, 3, 1]).contiguous().floats()
    }
    var changed = Picture(
      name: name, height: size.height, width: size.width, channels: channels,
      pixels: smooth.map { UInt8(min(max($0.rounded(), 0), 255)) })
    changed.plane = plane.map {
      Self.nearest($0, height: height, width: width, newHeight: size.height, newWidth: size.width)
    }
    return changed
  }

  /// The sides of a picture at `scale` times its size, pixels.
  public static func scaled(_ height: Int, _ width: Int, by scale: Double) -> (height: Int, width: Int) {
    (max(1, Int((Double(height) * scale).rounded())), max(1, Int((Double(width) * scale).rounded())))
  }

  /// A plane `[height, width]` in another size: of each place the value of the pixel that its middle lies in.
  public static func nearest(
    _ plane: [UInt8], height: Int, width: Int, newHeight: Int, newWidth: Int
  ) -> [UInt8] {
    guard (height, width) != (newHeight, newWidth) else { return plane }
    let columns = (0..<newWidth).map { (2 * $0 + 1) * width / (2 * newWidth) }
    var result: [UInt8] = []
    result.reserveCapacity(newHeight * newWidth)
    for row in 0..<newHeight {
      let start = (2 * row + 1) * height / (2 * newHeight) * width
      for column in columns { result.append(plane[start + column]) }
    }
    return result
  }
}

/// What the last plane of a sample for a dense network says of each place.
public enum PlacePlane {
  /// Nothing of a picture is there.
  public static let outside: UInt8 = 0
  /// Something whose class is not known.
  public static let unknown: UInt8 = 1
  /// Class 0; the others follow.
  public static let firstClass: UInt8 = 2
  /// The most classes.
  public static let classLimit = 254
}

/// How a picture is cut into tiles of a side, which lie over each other.
///
/// The last tile of a row or column of them lies over more of the one before, so that the picture is covered and nothing
/// lies beyond. A picture smaller than a tile has one, in whose middle it is.
public struct TileGrid: Sendable {
  /// The first rows, and the first columns, of the tiles.
  public let rows, columns: [Int]
  /// The side of a tile, and by how much two lie over each other at least.
  public let side, overlap: Int

  /// Cuts a picture of so many pixels; `overlap` is below `side`.
  public init(height: Int, width: Int, side: Int, overlap: Int) {
    func starts(_ length: Int) -> [Int] {
      guard length > side else { return [-((side - length) / 2)] }
      return Array(stride(from: 0, to: length - side, by: side - overlap)) + [length - side]
    }
    (rows, columns, self.side, self.overlap) = (starts(height), starts(width), side, overlap)
  }
}
