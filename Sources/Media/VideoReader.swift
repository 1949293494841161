import CMedia

/// Reads the frames of a film one after the other; only one is in memory.
public final class VideoReader {
  /// A frame.
  public struct Frame: Sendable {
    /// Its place, counted from 0.
    public let index: Int
    /// Its time, seconds from the start; nil if the file does not say.
    public let time: Double?
    /// The bytes `[height, width, channels]`.
    public let pixels: [UInt8]
  }

  private let reader: MediaReader
  private var index = -1

  /// Opens a film: MP4, Matroska, WebM, AVI, Ogg, MPEG, FLV or GIF.
  ///
  /// One that ends before it says it does is an error once its frames are read. MPEG streams do not say: what is missing
  /// there goes unnoticed, as does a twentieth of a film elsewhere than in MP4, AVI, Ogg and GIF.
  public init(_ bytes: [UInt8], name: String, maximumPixels: Int = 1 << 26) throws(MediaError) {
    reader = try MediaReader(bytes, kind: CMEDIA_VIDEO, name: name, maximumPixels: maximumPixels)
  }

  /// Decodes the next frame without converting it; false at the end.
  public func advance() throws(MediaError) -> Bool {
    guard try reader.next() else { return false }
    index += 1
    return true
  }

  /// The size of the frame that was decoded last, pixels.
  public var size: (width: Int, height: Int) { reader.size }

  /// The time of the frame that was decoded last, seconds from the start; nil if the file does not say.
  public var time: Double? { reader.time }

  /// The frame that was decoded last, resized.
  public func frame(width: Int, height: Int, color: ColorModel) throws(MediaError) -> Frame {
    Frame(
      index: index, time: reader.time,
      pixels: try reader.pixels(width: width, height: height, channels: color.channels))
  }
}
