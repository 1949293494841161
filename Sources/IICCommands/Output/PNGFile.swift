import Files
import Foundation

/// A picture of 8 bits a channel, grey or RGB, in memory, to be written as PNG.
struct PNGFile {
  let width, height, channels: Int
  /// Rows from the top, channels of a point side by side.
  var bytes: [UInt8]

  /// A picture of one grey.
  init(width: Int, height: Int, channels: Int, filledWith value: UInt8) {
    (self.width, self.height, self.channels) = (width, height, channels)
    bytes = [UInt8](repeating: value, count: width * height * channels)
  }

  /// Writes the file whole.
  func write(to url: URL) throws(UserError) {
    var writer = try PNGWriter(at: url, width: width, height: height, pixels: channels == 3 ? .rgb : .grey)
    try writer.append(bytes)
    try writer.finish()
  }
}
