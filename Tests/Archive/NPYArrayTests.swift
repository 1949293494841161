import Archive
import Foundation
import Testing

@Suite struct NPYArrayTests {
  struct Expected: Decodable {
    let shape: [Int]
    let values: [Float]
  }

  static let expected =
    (try? JSONDecoder().decode([String: Expected].self, from: Data(Fixture.bytes("npy/expected.json")))) ?? [:]

  /// NumPy wrote both the arrays and what they hold.
  @Test(arguments: expected.keys.sorted())
  func readsWhatNumPyWrites(_ name: String) throws {
    let expected = try #require(Self.expected[name])
    let array = try NPYArray(Fixture.bytes("npy/\(name).npy"), path: "p", entry: name)
    #expect(array.shape == expected.shape)
    #expect(array.floats() == expected.values)
    #expect(array.doubles(0..<array.count).map(Float.init) == expected.values)
    let isFloat = [.float16, .float32, .float64].contains(array.element)
    #expect(array.integers() == (isFloat ? nil : expected.values.map { Int($0) }))
    #expect(array.bytes.count == expected.values.count * array.element.byteCount)
  }

  @Test func allTypesAreAmongTheFixtures() throws {
    #expect(Self.expected.count == 30)
  }

  @Test(arguments: ["stored.npz", "packed.npz"])
  func readsArchivesOfArrays(_ name: String) throws {
    let found = try DataSource(path: Fixture.path("npy/\(name)")).entries(named: ["images.npy", "labels.npy"])
    let images = try NPYArray(#require(found["images.npy"]), path: name, entry: "images.npy")
    #expect(images.shape == [2, 3, 4] && images.bytes == Array(0..<24))
    #expect(try NPYArray(#require(found["labels.npy"]), path: name, entry: "labels.npy").integers() == [3, 1])
  }

  @Test func theHeaderLeavesAnEntryAtItsElements() throws {
    try DataSource(path: Fixture.path("npy/stored.npz")).forEachEntry { entry in
      guard entry.name == "images.npy" else { return true }
      let header = try NPYHeader(reading: entry)
      #expect(header.shape == [2, 3, 4] && header.element == .uint8 && header.count == 24)
      #expect(!header.isFortranOrder && !header.isBigEndian)
      #expect(try entry.bytes(upTo: 10) == Array(0..<10))
      #expect(try entry.bytes(upTo: 100) == Array(10..<24))
      return false
    }
  }

  /// A header may name any size; memory is taken for the bytes that come.
  @Test(arguments: ["(1, 2147483648, 2147483648)", "(1, 1099511627776)", "(2, 1099511627776)"])
  func aHeaderThatPromisesTooMuchIsRefused(_ shape: String) throws {
    let fixture = try Fixture()
    let text = "{'descr': '|u1', 'fortran_order': False, 'shape': \(shape), }"
    let path = try fixture.file("array.npy", npy(text) + [1, 2, 3])
    func read(_ body: (NPYHeader, ArchiveEntry) throws -> NPYArray) throws {
      try DataSource(path: path).forEachEntry { entry in
        _ = try body(NPYHeader(reading: entry), entry)
        return false
      }
    }
    let rows = #expect(throws: ArchiveError.self) {
      try read { try NPYArray(rows: 1, of: $0, reading: $1) }
    }
    #expect(rows?.message.hasPrefix("NPY: the elements end early; expected ") == true)
    let all = #expect(throws: ArchiveError.self) {
      try read { try NPYArray($0, reading: $1, limit: .max) }
    }
    #expect(all?.message.hasPrefix("NPY: found 3 bytes of elements; expected ") == true)
    try DataSource(path: path).forEachEntry { entry in
      let whole = try entry.bytes(upTo: .max)
      #expect(whole.count == npy(text).count + 3)
      for count in [Int.max, 0] {
        let more = try entry.bytes(upTo: count)
        #expect(more.isEmpty)
      }
      return false
    }
  }

  @Test func wholeNumbersThatDoNotFitAreNone() throws {
    let bytes = npy("{'descr': '<u8', 'fortran_order': False, 'shape': (1,), }") + [UInt8](repeating: 255, count: 8)
    #expect(try NPYArray(bytes, path: "p", entry: "e").integers() == nil)
  }

  /// The nearest float64 and what it lacks are the number again.
  @Test func wholeNumbersAreKeptExactly() throws {
    let values: [Int64] = [.max, .max - 1, .min, 1_700_000_000_123_456_789, -3, 1 << 53 + 1]
    let bytes = values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    let array = try NPYArray(
      npy("{'descr': '<i8', 'fortran_order': False, 'shape': (6,), }") + bytes, path: "p", entry: "e")
    let remainders = try #require(array.remainders(0..<6))
    for (value, (near, remainder)) in zip(values, zip(array.doubles(0..<6), remainders)) {
      #expect(Int128(near) + Int128(remainder) == Int128(value))
    }
    #expect(array.text(of: 3) == "1700000000123456789")
    #expect(array.doubles(4..<5) == [-3] && array.remainders(4..<5) == [0])
  }

  /// Any bytes are an array or an error, never a crash: every prefix, and every byte of the header changed.
  @Test(arguments: ["little-f4", "version3"])
  func damage(_ name: String) throws {
    let whole = try Fixture.bytes("npy/\(name).npy")
    for length in 0..<whole.count {
      #expect(throws: ArchiveError.self) { try NPYArray(Array(whole[..<length]), path: "p", entry: "e") }
    }
    for place in 0..<min(whole.count, 128) {
      for value: UInt8 in [0, 1, 0x20, 0x2C, 0x39, 0x7D, 0xFF] {
        var bytes = whole
        bytes[place] = value
        _ = try? NPYArray(bytes, path: "p", entry: "e")
      }
    }
  }

  private static func header(_ type: String, _ shape: String, order: String = "False") -> String {
    "{'descr': \(type), 'fortran_order': \(order), 'shape': \(shape), }"
  }

  @Test(
    arguments: [
      (header("'<f4'", "(2,)"), "found 0 bytes of elements; expected 8 for shape [2] of f4"),
      (
        header("'<c8'", "(2,)"),
        "found elements of type \"<c8\"; expected \"<\", \">\" or \"|\" and one of "
          + "b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8"
      ),
      (
        header("'|O'", "()"),
        "found elements of type \"|O\"; expected \"<\", \">\" or \"|\" and one of "
          + "b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8"
      ),
      (
        header("[('a', '<f4')]", "()"), "found elements of several fields; expected numbers of one type"
      ),
      (header("'<f4'", "(2)"), "found \"), }\\n\" in the header; expected \",\" after the only size"),
      (header("'<f4'", "(-2,)"), "shape: found \"-2\"; expected a size"),
      (header("'<f4'", "(2, x)"), "shape: found \"x\"; expected a size"),
      (header("'<f4'", "(99999999999999999999,)"), "shape: found \"99999999999999999999\"; expected a size"),
      (
        header("'<f4'", "(4611686018427387904, 4)"),
        "found dimensions [4611686018427387904, 4]; their product is too large"
      ),
      (header("'<f4'", "(2,)", order: "None"), "fortran_order: found \"None\"; expected True or False"),
      ("{'descr': '<f4'}", "found no fortran_order, shape in the header"),
      (
        "{'descr': '<f4', 'descr': '<f4'}",
        "found the key \"descr\"; expected descr, fortran_order and shape, once each"
      ),
      ("{'a': 1}", "found the key \"a\"; expected descr, fortran_order and shape, once each"),
      ("__import__('os')", "found \"__import__('os')\\n\" in the header; expected \"{\""),
      (header("'<f4'", "()") + " x", "found \"x\\n\" in the header; expected the end of the header"),
      ("{'descr", "found text without a closing quotation mark in the header"),
      ("{", "found the end in the header; expected text in quotation marks"),
    ])
  func refuses(_ header: String, _ message: String) {
    let error = #expect(throws: ArchiveError.self) { try NPYArray(npy(header), path: "p", entry: "e") }
    #expect(error?.description == "p, entry \"e\": NPY: \(message)")
  }

  @Test func refusesOtherFilesAndVersions() {
    var header = npy(Self.header("'<f4'", "(2,)"))
    func message(_ bytes: [UInt8]) -> String? {
      #expect(throws: ArchiveError.self) { try NPYArray(bytes, path: "p", entry: "e") }?.message
    }
    #expect(message([])?.contains("expected an array that NumPy has saved") == true)
    header[6] = 4
    #expect(message(header) == "NPY: found 4.0; expected version 1.0, 2.0 or 3.0")
    header.replaceSubrange(6..<12, with: [2, 0, 255, 255, 255, 255])
    #expect(message(header) == "NPY: found a header of 4294967295 bytes; expected at most 65536")
  }
}

/// The bytes of a version 1.0 header with this dictionary.
private func npy(_ dictionary: String) -> [UInt8] {
  let text = Array((dictionary + "\n").utf8)
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count & 255), UInt8(text.count >> 8)] + text
}
