import Foundation
import Testing
import TestSupport

@testable import Files

/// The bytes of the values, little-endian.
private func bytes<Value: BitwiseCopyable>(_ values: [Value]) -> Data {
  values.withUnsafeBytes { Data($0) }
}

/// What `make_safetensors.py` writes; float16 and bfloat16 as their bits.
private let reference = SafetensorsFile(
  tensors: [
    "weight": .init(dtype: .float32, shape: [2, 3, 4], bytes: bytes((0..<24).map { Float($0) / 8 - 1 })),
    "bias": .init(
      dtype: .float32, shape: [5],
      bytes: bytes([Float.infinity, -.infinity, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude])),
    "scalar": .init(dtype: .float64, shape: [], bytes: bytes([-2.5])),
    "empty": .init(dtype: .float32, shape: [0, 3], bytes: Data()),
    "half": .init(dtype: .float16, shape: [2], bytes: bytes([UInt16](arrayLiteral: 0x3C00, 0xB555))),
    "brain": .init(
      dtype: .bfloat16, shape: [2, 2],
      bytes: bytes([1, -3.140625, 0, 65280].map { UInt16(Float($0).bitPattern >> 16) })),
    "steps": .init(dtype: .int64, shape: [3], bytes: bytes([Int64.min, .max, 0])),
    "unsigned": .init(dtype: .uint64, shape: [1], bytes: bytes([UInt64.max])),
    "int32": .init(dtype: .int32, shape: [2], bytes: bytes([Int32.min, 7])),
    "int16": .init(dtype: .int16, shape: [1], bytes: bytes([Int16(-300)])),
    "bytes": .init(dtype: .uint8, shape: [3], bytes: Data([0, 1, 255])),
    "signed": .init(dtype: .int8, shape: [2], bytes: Data([128, 127])),
    "mask": .init(dtype: .bool, shape: [3], bytes: Data([1, 0, 1])),
    "\u{e9}t\u{e9}": .init(dtype: .float32, shape: [1], bytes: bytes([Float(1)])),
    "Z \"quoted\" \\ /\n\t\u{1}\u{7f}": .init(dtype: .float32, shape: [1], bytes: bytes([Float(2)])),
    "z\u{1f600}": .init(dtype: .float32, shape: [1], bytes: bytes([Float(3)])),
    "z\u{ffee}": .init(dtype: .float32, shape: [1], bytes: bytes([Float(4)])),
  ],
  metadata: ["format \u{fc}": "pt \"1\"\r\n"])

@Suite final class SafetensorsTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// The bytes that writing gives.
  private func written(_ file: SafetensorsFile) throws -> Data {
    let url = folder.appending(path: "written.safetensors")
    try file.write(to: url)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["written.safetensors"])
    return try Data(contentsOf: url)
  }

  @Test func readsWhatTheReferenceImplementationWrote() throws {
    let url = folder.appending(path: "copy.safetensors")
    try fixtures.data("tensors.safetensors").write(to: url)
    let file = try SafetensorsFile(contentsOf: url)
    #expect(file.metadata == reference.metadata)
    #expect(Set(file.tensors.keys) == Set(reference.tensors.keys))
    for (name, tensor) in reference.tensors { #expect(file.tensors[name] == tensor, "\(name)") }
  }

  @Test func writesTheBytesOfTheReferenceImplementation() throws {
    #expect(try written(reference) == fixtures.data("tensors.safetensors"))
  }

  @Test func writesMetadataInTheOrderOfTheirKeys() throws {
    let data = try written(SafetensorsFile(metadata: ["z": "1", "a": "2", "Z": ""]))
    let header = #"{"__metadata__":{"Z":"","a":"2","z":"1"}}"#  // 41 bytes
    #expect(data == Data([48, 0, 0, 0, 0, 0, 0, 0]) + Data((header + "       ").utf8))
  }

  @Test func writesNothingAsAnEmptyObject() throws {
    // safetensors.serialize({}) in Python.
    #expect(try written(SafetensorsFile()) == Data([8, 0, 0, 0, 0, 0, 0, 0]) + Data("{}      ".utf8))
  }

  @Test(arguments: SafetensorsFile.DataType.allCases)
  func readsWhatItWrote(dtype: SafetensorsFile.DataType) throws {
    let size = try #require(dtype.byteCount(shape: [3, 8]))
    #expect(size == 3 * dtype.bitWidth)
    let content = SafetensorsFile(
      tensors: [
        "a": .init(dtype: dtype, shape: [3, 8], bytes: Data((0..<size).map { UInt8($0) })),
        "b": .init(dtype: dtype, shape: [8, 0], bytes: Data()),
      ], metadata: ["key": "value"])
    let url = folder.appending(path: "a.safetensors")
    try content.write(to: url)
    #expect(try SafetensorsFile(contentsOf: url) == content)
  }

  @Test func replacesTheFileThatItsTensorsAreMappedFrom() throws {
    let url = folder.appending(path: "a.safetensors")
    try reference.write(to: url)
    var file = try SafetensorsFile(contentsOf: url)
    file.tensors["weight"] = nil
    try file.write(to: url)
    #expect(try SafetensorsFile(contentsOf: url) == file)
  }

  @Test func refusesToWriteWhatCouldNotBeRead() throws {
    let url = folder.appending(path: "a.safetensors")
    func message(_ name: String, _ dtype: SafetensorsFile.DataType, _ shape: [Int], _ count: Int) -> String? {
      let entry = SafetensorsFile.Entry(dtype: dtype, shape: shape, bytes: Data(count: count))
      do {
        try SafetensorsFile(tensors: [name: entry]).write(to: url)
        return nil
      } catch {
        return error.description.replacing(self.folder.path + "/", with: "")
      }
    }
    #expect(
      message("w", .float32, [2, 2], 12)
        == "a.safetensors: tensor \"w\": found 12 bytes; expected 16 bytes for F32 [2, 2]")
    #expect(message("w", .float32, [], 0)?.hasSuffix("found 0 bytes; expected 4 bytes for F32 []") == true)
    #expect(message("w", .uint8, [-1, -1], 1)?.contains("found U8 [-1, -1]; expected a shape") == true)
    #expect(message("w", .float4, [3], 1)?.contains("found F4 [3]; expected a shape") == true)
    #expect(message("w", .float64, [1 << 31, 1 << 31], 0)?.contains("expected a shape") == true)
    #expect(message("__metadata__", .uint8, [1], 1)?.contains("the format reserves it") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}
