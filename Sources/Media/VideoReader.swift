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
  private let policy: OrientationPolicy
  private var index = -1

  /// Opens a film: MP4, Matroska, WebM, AVI, Ogg, MPEG, FLV or GIF.
  ///
  /// One that ends before it says it does is an error once its frames are read. MPEG streams do not say: what is missing
  /// there goes unnoticed, as does a twentieth of a film elsewhere than in MP4, AVI, Ogg and GIF.
  ///
  /// - Parameters:
  ///   - name: what errors call it.
  ///   - maximumPixels: larger frames are refused before they are decoded.
  ///   - orientation: whether frames are turned by quarters and mirrored as the film's display matrix says.
  public init(
    _ bytes: [UInt8], name: String, maximumPixels: Int = 1 << 26, orientation: OrientationPolicy = .follow
  ) throws(MediaError) {
    policy = orientation
    reader = try MediaReader(bytes, kind: CMEDIA_VIDEO, name: name, maximumPixels: maximumPixels)
  }

  /// Decodes the next frame without converting it; false at the end.
  public func advance() throws(MediaError) -> Bool {
    guard try reader.next() else { return false }
    index += 1
    return true
  }

  /// The size of the frame that was decoded last, pixels; if it is turned, after that.
  public var size: (width: Int, height: Int) { orientation.turned(reader.size) }

  private var orientation: Orientation { policy == .follow ? reader.orientation : .upright }

  /// The time of the frame that was decoded last, seconds from the start; nil if the file does not say.
  public var time: Double? { reader.time }

  /// The seconds that the file's times are whole numbers of; they are rounded to it.
  public var timeUnit: Double { reader.timeUnit }

  /// The frame that was decoded last, turned and resized.
  public func frame(width: Int, height: Int, color: ColorModel) throws(MediaError) -> Frame {
    let orientation = orientation
    let stored = orientation.turned((width: width, height: height))
    let pixels = try reader.pixels(width: stored.width, height: stored.height, channels: color.channels)
    return Frame(
      index: index, time: reader.time,
      pixels: orientation.turned(
        pixels, width: stored.width, height: stored.height, channels: color.channels))
  }
}
