import Files
import IICCore
import Torch

/// Pairs side by side: a row for each item, its base view at the left, then its transformed views.
struct ContactSheet {
  private static let gap = 4
  /// Views smaller than this are enlarged by a whole factor.
  private static let side = 64

  let file: PNGFile

  /// Draws views `[n, C, H, W]` and `[r n, C, H, W]`. Values from 0 to 1 are black to white; if there are others, the
  /// least is black and the largest white. Three channels are red, green and blue; of others the first is shown.
  init(_ pair: ViewPair) throws {
    let shape = pair.base.values.shape
    guard shape.count == 4, pair.transformed.values.shape.dropFirst() == shape.dropFirst() else {
      throw UserError(
        "--sheet: found views of shape \(Array(shape.dropFirst())); only views [C, H, W] can be drawn")
    }
    let (n, channels, height, width) = (shape[0], shape[1] == 3 ? 3 : 1, shape[2], shape[3])
    let views = try Tensor.concatenated([pair.base.values, pair.transformed.values], along: 0)
      .to(.float32).sliced(0..<channels, along: 1)
    let bounds = (min(0, try views.min().item()), max(1, try views.max().item()))
    let values = try ((views - bounds.0) * (255 / (bounds.1 - bounds.0))).permuted([0, 2, 3, 1]).contiguous()
      .floats()
    let columns = 1 + pair.transformed.count / n
    let zoom = max(1, Self.side / max(height, width))
    let (cellHeight, cellWidth) = (height * zoom + Self.gap, width * zoom + Self.gap)
    var file = PNGFile(
      width: columns * cellWidth + 2 * Self.gap, height: n * cellHeight + Self.gap, channels: channels,
      filledWith: 128)
    for view in 0..<(columns * n) {
      let (column, row) = (view / n, view % n)
      // A wider gap sets the base views apart.
      let left = column * cellWidth + (column == 0 ? 1 : 2) * Self.gap
      let top = row * cellHeight + Self.gap
      for y in 0..<(height * zoom) {
        for x in 0..<(width * zoom) {
          let from = ((view * height + y / zoom) * width + x / zoom) * channels
          let to = ((top + y) * file.width + left + x) * channels
          for channel in 0..<channels {
            let value = values[from + channel]
            file.bytes[to + channel] = value.isFinite ? UInt8(min(255, max(0, value.rounded()))) : 0
          }
        }
      }
    }
    self.file = file
  }
}
