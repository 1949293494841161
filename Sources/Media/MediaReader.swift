import CMedia

/// The library behind the decoders, FFmpeg.
public enum MediaLibrary {
  /// Its version.
  public static var version: String { String(cString: cmedia_version()) }
}

/// Owns FFmpeg's decoder and the bytes it reads.
final class MediaReader {
  private let name: String
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  private let handle: OpaquePointer

  /// Opens the bytes of a sound or a film. Throws if they are none.
  convenience init(_ bytes: [UInt8], kind: cmedia_kind, name: String, maximumPixels: Int) throws(MediaError) {
    guard !bytes.isEmpty else { throw MediaError(name: name, message: "found no data") }
    try self.init(bytes, name: name) {
      cmedia_open($0.baseAddress, $0.count, kind, Int64(maximumPixels), &$1.bytes)
    }
  }

  /// Opens a picture.
  convenience init(_ file: PictureFile, name: String, maximumPixels: Int) throws(MediaError) {
    try self.init(file.bytes, name: name) {
      cmedia_open_picture($0.baseAddress, $0.count, file.format, Int64(maximumPixels), &$1.bytes)
    }
  }

  private init(
    _ bytes: [UInt8], name: String,
    open: (UnsafeMutableBufferPointer<UInt8>, inout ErrorText) -> OpaquePointer?
  ) throws(MediaError) {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = copy.initialize(from: bytes)
    var text = ErrorText()
    guard let handle = open(copy, &text) else {
      copy.deallocate()
      throw MediaError(name: name, message: text.message)
    }
    self.name = name
    self.bytes = copy
    self.handle = handle
  }

  deinit {
    cmedia_close(handle)
    bytes.deallocate()
  }

  /// Decodes the next frame; false at the end.
  func next() throws(MediaError) -> Bool {
    var text = ErrorText()
    let found = cmedia_next(handle, &text.bytes)
    guard found >= 0 else { throw MediaError(name: name, message: text.message) }
    return found == 1
  }

  /// The size of the last frame as it is stored, pixels.
  var size: (width: Int, height: Int) { (Int(cmedia_width(handle)), Int(cmedia_height(handle))) }

  /// The time of the last frame, seconds from the start; nil if the file does not say.
  var time: Double? {
    let time = cmedia_time(handle)
    return time < 0 ? nil : time
  }

  /// The seconds that times are whole numbers of; 0 if they have none.
  var timeUnit: Double { cmedia_time_unit(handle) }

  /// How the last frame of a film is to be turned.
  var orientation: Orientation {
    var matrix = [Int32](repeating: 0, count: 9)
    return cmedia_display_matrix(handle, &matrix) == 1 ? Orientation(matrix: matrix) : .upright
  }

  /// Makes the last frame a part of a picture that is transparent elsewhere.
  func put(at place: PictureFile.Place) throws(MediaError) {
    var text = ErrorText()
    let status = cmedia_place(
      handle, Int32(place.width), Int32(place.height), Int32(place.left), Int32(place.top), &text.bytes)
    guard status >= 0 else { throw MediaError(name: name, message: text.message) }
  }

  /// The pixels of the last frame, `[height, width, channels]`.
  func pixels(width: Int, height: Int, channels: Int) throws(MediaError) -> [UInt8] {
    var text = ErrorText()
    var status: Int32 = 0
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * channels) { buffer, count in
      status = cmedia_pixels(
        handle, Int32(width), Int32(height), Int32(channels), buffer.baseAddress, &text.bytes)
      count = status < 0 ? 0 : width * height * channels
    }
    guard status >= 0 else { throw MediaError(name: name, message: text.message) }
    return pixels
  }

  /// Whether the last frame has other channels, another rate or another format than the sound before it. Then
  /// `CMEDIA_END` gives what is left of that.
  var soundChanges: Bool { cmedia_sound_changes(handle) != 0 }

  /// Appends the last frame's sound, or `CMEDIA_END` what is left of those before, until there are `limit` samples.
  func appendSamples(
    _ sound: cmedia_sound, rate: Int, to samples: inout [Float], limit: Int
  ) throws(MediaError) {
    var text = ErrorText()
    var part = sound
    var buffer = [Float](repeating: 0, count: 8192)
    // A frame of few samples may become any number of them at another rate.
    while samples.count < limit {
      let capacity = min(buffer.count, limit - samples.count)
      let count = Int(cmedia_samples(handle, part, Int32(rate), &buffer, Int32(capacity), &text.bytes))
      guard count >= 0 else { throw MediaError(name: name, message: text.message) }
      samples += buffer[..<count]
      guard count == capacity else { return }
      if part == CMEDIA_FRAME { part = CMEDIA_REST }
    }
  }
}

/// Room for a message from C.
struct ErrorText {
  var bytes = [CChar](repeating: 0, count: Int(CMEDIA_ERROR_SIZE))

  var message: String {
    let text = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return text.isEmpty ? "cannot be decoded" : String(decoding: text, as: UTF8.self)
  }
}

/// A picture or sound that cannot be decoded.
public struct MediaError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What the item is called: a file or an archive's entry.
  public let name: String
  /// What was found and what is allowed.
  public let message: String

  /// Says what is wrong with an item.
  public init(name: String, message: String) {
    self.name = name
    self.message = message
  }

  public var description: String { "\(name): \(message)" }
}
