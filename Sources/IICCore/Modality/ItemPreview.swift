public import Torch

/// How an item is shown to a person.
public enum ItemPreview: Sendable, Equatable {
  /// Something to be seen.
  case bitmap(Bitmap)
  /// Something to be read.
  case text(String)
  /// Something to be heard: one channel from -1 to 1, and what it looks like.
  case wave([Float], rate: Int, Bitmap)
  /// Numbers: one row or several of one length, drawn as lines.
  case series([[Float]])

  /// Rows of points, from the top, each of red, green and blue.
  public struct Bitmap: Sendable, Equatable {
    /// The size in points.
    public let width, height: Int
    /// `[height, width, 3]`.
    public let bytes: [UInt8]

    /// Takes `[height, width, channels]`: three channels are red, green and blue, of others the first is a grey. Nil unless
    /// there are so many bytes.
    public init?(width: Int, height: Int, channels: Int, bytes: [UInt8]) {
      guard width > 0, height > 0, channels > 0, bytes.count == width * height * channels else { return nil }
      (self.width, self.height) = (width, height)
      self.bytes =
        channels == 3
        ? bytes : stride(from: 0, to: bytes.count, by: channels).flatMap { Array(repeating: bytes[$0], count: 3) }
    }

    /// The same of at most `side` points to a side: means over areas.
    public func fitted(to side: Int) -> Bitmap {
      let factor = Double(max(width, height)) / Double(side)
      guard factor > 1 else { return self }
      let (columns, rows) = (max(1, Int(Double(width) / factor)), max(1, Int(Double(height) / factor)))
      var smaller: [UInt8] = []
      smaller.reserveCapacity(rows * columns * 3)
      for row in 0..<rows {
        let lines = (row * height / rows)..<max(row * height / rows + 1, (row + 1) * height / rows)
        for column in 0..<columns {
          let places =
            (column * width / columns)..<max(column * width / columns + 1, (column + 1) * width / columns)
          for channel in 0..<3 {
            var sum = 0
            for y in lines { for x in places { sum += Int(bytes[(y * width + x) * 3 + channel]) } }
            smaller.append(UInt8(sum / (lines.count * places.count)))
          }
        }
      }
      return Bitmap(width: columns, height: rows, channels: 3, bytes: smaller) ?? self
    }
  }
}

extension Modality {
  public func withoutParts(
    of text: String, in dataset: Dataset
  ) throws -> (parts: [Range<Int>], samples: Tensor)? { nil }

  /// What samples show of themselves: bytes `[H, W, C]` are drawn, numbers `[D]` and `[C, L]` are series. Nothing of others.
  public func previews(of items: [Int], in dataset: Dataset) throws -> [ItemPreview] {
    let shape = dataset.description.shape
    switch (dataset.description.element, shape.count) {
    case (.uint8, 3):
      return items.compactMap { item in
        let bytes = dataset.bytes(at: [item])
        return ItemPreview.Bitmap(width: shape[1], height: shape[0], channels: shape[2], bytes: bytes)
          .map { .bitmap($0) }
      }
    case (.float32, 1...2):
      return try items.map { item in
        let values = try dataset.samples(at: [item]).floats()
        let length = shape.last ?? 1
        return .series(stride(from: 0, to: values.count, by: length).map { Array(values[$0..<($0 + length)]) })
      }
    default: return []
    }
  }
}
