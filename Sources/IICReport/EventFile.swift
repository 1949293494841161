import Files
import Foundation

/// A message of protocol buffers as it is written.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  private mutating func variable(_ value: UInt64) {
    var rest = value
    while rest >= 128 {
      bytes.append(UInt8(rest & 127 | 128))
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func key(_ field: Int, wire: Int) { variable(UInt64(field << 3 | wire)) }

  mutating func add(_ field: Int, whole value: Int) {
    key(field, wire: 0)
    variable(UInt64(bitPattern: Int64(value)))
  }

  mutating func add(_ field: Int, double value: Double) {
    key(field, wire: 1)
    bytes += withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init)
  }

  mutating func add(_ field: Int, float value: Float) {
    key(field, wire: 5)
    bytes += withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init)
  }

  mutating func add(_ field: Int, bytes value: [UInt8]) {
    key(field, wire: 2)
    variable(UInt64(value.count))
    bytes += value
  }

  mutating func add(_ field: Int, text: String) { add(field, bytes: Array(text.utf8)) }

  mutating func add(_ field: Int, doubles: [Double]) {
    add(field, bytes: doubles.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
  }

  mutating func add(_ field: Int, _ build: (inout ProtobufMessage) -> Void) {
    var inner = ProtobufMessage()
    build(&inner)
    add(field, bytes: inner.bytes)
  }
}

/// A file of events as TensorBoard reads them: records of the message `tensorflow.Event`, each between checksums.
final class EventFile {
  private let handle: FileHandle
  private let path: String

  /// Begins a file in a folder, which is made.
  init(in folder: URL, time: Double) throws(UserError) {
    let host = ProcessInfo.processInfo.hostName
    let url = folder.appending(path: "events.out.tfevents.\(String(format: "%010d", Int(time))).\(host).iic")
    path = url.path(percentEncoded: false)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data().write(to: url)
      handle = try FileHandle(forWritingTo: url)
    } catch {
      throw UserError("\(path): cannot be written: \(error.localizedDescription)")
    }
    var event = ProtobufMessage()
    event.add(1, double: time)
    event.add(3, text: "brain.Event:2")
    try append(event)
  }

  deinit { try? handle.close() }

  /// Adds values of a step.
  func add(step: Int, time: Double, _ values: [EventValue]) throws(UserError) {
    var event = ProtobufMessage()
    event.add(1, double: time)
    event.add(2, whole: step)
    event.add(5) { summary in for value in values { summary.add(1) { value.write(to: &$0) } } }
    try append(event)
  }

  private func append(_ event: ProtobufMessage) throws(UserError) {
    let length = withUnsafeBytes(of: UInt64(event.bytes.count).littleEndian, Array.init)
    let record = length + Self.checksum(length) + event.bytes + Self.checksum(event.bytes)
    do {
      try handle.write(contentsOf: Data(record))
    } catch {
      throw UserError("\(path): cannot be written: \(error.localizedDescription)")
    }
  }

  /// CRC-32C, turned and moved as TFRecord has it, so that a checksum of checksums is none.
  static func checksum(_ bytes: [UInt8]) -> [UInt8] {
    let crc = castagnoli(bytes)
    let masked = ((crc >> 15) | (crc << 17)) &+ 0xa282_ead8
    return withUnsafeBytes(of: masked.littleEndian, Array.init)
  }

  static func castagnoli(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = ~0
    for byte in bytes { crc = table[Int((crc ^ UInt32(byte)) & 255)] ^ (crc >> 8) }
    return ~crc
  }

  private static let table: [UInt32] = (0..<256).map { byte in
    var crc = UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82f6_3b78 : crc >> 1 }
    return crc
  }
}

/// A value with a name.
enum EventValue {
  case scalar(String, Double)
  case text(String, String)
  /// How many there are of each of 0, 1, 2, ...
  case histogram(String, [Int])

  fileprivate func write(to value: inout ProtobufMessage) {
    switch self {
    case .scalar(let tag, let number):
      value.add(1, text: tag)
      value.add(2, float: Float(number))
    case .text(let tag, let text):
      value.add(1, text: tag)
      value.add(9) { $0.add(1) { $0.add(1, text: "text") } }
      let string = 7
      value.add(8) {
        $0.add(1, whole: string)
        $0.add(8, text: text)
      }
    case .histogram(let tag, let counts):
      value.add(1, text: tag)
      value.add(5) { histogram in
        let places = counts.indices.map(Double.init)
        func sum(_ term: (Double, Double) -> Double) -> Double {
          zip(places, counts).reduce(0) { $0 + term($1.0, Double($1.1)) }
        }
        histogram.add(1, double: 0)
        histogram.add(2, double: Double(max(0, counts.count - 1)))
        histogram.add(3, double: sum { $1 })
        histogram.add(4, double: sum { $0 * $1 })
        histogram.add(5, double: sum { $0 * $0 * $1 })
        histogram.add(6, doubles: places.map { $0 + 0.5 })
        histogram.add(7, doubles: counts.map(Double.init))
      }
    }
  }
}
