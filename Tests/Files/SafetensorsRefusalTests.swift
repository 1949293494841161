import Foundation
import Testing
import TestSupport

@testable import Files

/// The message with which a file of this header and so many bytes of tensors is refused; nil if it is accepted.
private func refusal(_ header: String, bytes: Int = 0) -> String? {
  refusal(Data(header.utf8), bytes: bytes)
}

private func refusal(_ header: Data, bytes: Int = 0) -> String? {
  let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
  return refusal(file: length + header + Data(count: bytes))
}

private func refusal(file: Data) -> String? {
  do {
    _ = try SafetensorsFile(parsing: file, file: "f")
    return nil
  } catch {
    return error.description
  }
}

private let element = #"{"dtype":"U8","shape":[4],"data_offsets":[0,4]}"#

@Suite struct SafetensorsRefusalTests {
  @Test func everyTruncationAndAnyTrailingByte() throws {
    let whole = try fixtures.data("tensors.safetensors")
    #expect(refusal(file: whole) == nil)
    for count in 0..<whole.count { #expect(refusal(file: whole.prefix(count)) != nil, "\(count) bytes") }
    #expect(refusal(file: whole + [0])?.contains("expected 202 bytes, the end of the last tensor") == true)
  }

  /// Nothing may trap, whatever a byte of the header or its length becomes: it is refused by a message, or read as a file
  /// whose tensors have the sizes that their types and shapes say and share no byte.
  @Test func everySingleByteChangedIsRefusedOrRead() throws {
    let whole = try fixtures.data("tensors.safetensors")
    let tensorBytes = try SafetensorsFile(parsing: whole, file: "f").tensors.values.reduce(0) {
      $0 + $1.bytes.count
    }
    #expect(tensorBytes == 202 && whole.count == 8 + 1104 + 202)
    for position in 0..<(8 + 1104) {
      for change: UInt8 in [1, 0x10, 0x80, 0xFF] {
        var changed = whole
        changed[position] ^= change
        do {
          let file = try SafetensorsFile(parsing: changed, file: "f")
          let sizes = file.tensors.values.map(\.bytes.count)
          #expect(sizes == file.tensors.values.map { $0.dtype.byteCount(shape: $0.shape) }, "byte \(position)")
          #expect(sizes.reduce(0, +) == tensorBytes, "byte \(position)")
        } catch {
          #expect(
            error.description.hasPrefix("f: ") && error.description.contains("; expected "), "byte \(position)")
        }
      }
    }
  }

  @Test func slicesWhoseIndicesDoNotStartAtZero() throws {
    let whole = try fixtures.data("tensors.safetensors")
    #expect(refusal(file: (Data([1, 2, 3]) + whole).dropFirst(3)) == nil)
  }

  @Test func whatTheFormatAllows() {
    #expect(refusal(#"{"a":\#(element)}"#, bytes: 4) == nil)
    #expect(refusal("{ \"a\"\t:\n\(element)\r}  \n", bytes: 4) == nil)
    #expect(refusal(#"{"__metadata__":{"a":"b"},"a":\#(element)}"#, bytes: 4) == nil)
    #expect(refusal(#"{"":\#(element)}"#, bytes: 4) == nil)
    // Not in the order of the tensors; tensors without elements at any border.
    #expect(
      refusal(
        #"{"b":{"data_offsets":[4,6],"dtype":"F16","shape":[]},"#
          + #""n":{"dtype":"I64","shape":[2,0],"data_offsets":[4,4]},"#
          + #""z":{"dtype":"F64","shape":[0],"data_offsets":[6,6]},"a":\#(element)}"#, bytes: 6) == nil)
  }

  @Test(arguments: [
    ("", "{ as the first byte"), (" {}", "{ as the first byte"), ("\u{FEFF}{}", "{ as the first byte"),
    ("[]", "{ as the first byte"), ("null", "{ as the first byte"), ("{", "a key between quotes"),
    ("{}{}", "nothing but spaces"), ("{}\0", "nothing but spaces"), ("{,}", "a key between quotes"),
    ("{\"a\"}", ": after a key"), ("{a:1}", "a key between quotes"),
    ("{\"a\":1}", "an object between braces"),
    ("{\"a\":\(element),}", "a key between quotes"), ("{\"a\":\(element)", ", or } after a value"),
    ("{\"a\":\(element) \"b\":\(element)}", ", or } after a value"),
    ("{\"a", "a text that ends with a quote"), ("{\"a\\", "a text that ends with a quote"),
    ("{\"a\n\":\(element)}", "no control characters"), ("{\"\\x\":\(element)}", "the escapes of JSON"),
    ("{\"\\ud800\":\(element)}", "the escapes of JSON"),
    ("{\"a\":\(element),\"\\u0061\":\(element)}", "found the key \"a\" twice; expected every key once"),
    ("{\"__metadata__\":{\"a\":1}}", "a text between quotes"),
    ("{\"__metadata__\":null}", "an object between braces"),
    ("{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", "found the key \"a\" twice"),
    ("{\"__metadata__\":{},\"__metadata__\":{}}", "found the key \"__metadata__\" twice"),
  ])
  func headersThatAreNotOne(header: String, allowed: String) throws {
    let message = try #require(refusal(header, bytes: 4))
    #expect(message.hasPrefix("f: "))
    #expect(message.contains(allowed), "\(message)")
  }

  @Test(arguments: [
    (#""dtype":"U8","shape":[4],"data_offsets":[0,4],"extra":1"#, "found the key \"extra\""),
    (#""dtype":"U8","shape":[4],"data_offsets":[0,4],"shape":[4]"#, "found the key \"shape\" twice"),
    (#""shape":[4],"data_offsets":[0,4]"#, "found no dtype"),
    (#""dtype":"U8","data_offsets":[0,4]"#, "found no shape"),
    (#""dtype":"U8","shape":[4]"#, "found no data_offsets"),
    (#""dtype":"u8","shape":[4],"data_offsets":[0,4]"#, "found dtype \"u8\"; expected one of BOOL, "),
    (#""dtype":8,"shape":[4],"data_offsets":[0,4]"#, "the name of a dtype"),
    (#""dtype":"U8","shape":4,"data_offsets":[0,4]"#, "a list of whole numbers"),
    (#""dtype":"U8","shape":[4.0],"data_offsets":[0,4]"#, ", or ]"),
    (#""dtype":"U8","shape":[4e0],"data_offsets":[0,4]"#, ", or ]"),
    (#""dtype":"U8","shape":[true],"data_offsets":[0,4]"#, "a whole number"),
    (#""dtype":"U8","shape":["4"],"data_offsets":[0,4]"#, "a whole number"),
    (#""dtype":"U8","shape":[04],"data_offsets":[0,4]"#, "a whole number"),
    (#""dtype":"U8","shape":[-4],"data_offsets":[0,4]"#, "a whole number"),
    (#""dtype":"U8","shape":[4,],"data_offsets":[0,4]"#, "a whole number"),
    (#""dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,4]"#, "at most 9223372036854775807"),
    (
      #""dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]"#,
      "at most 9223372036854775807 bits"
    ),
    (#""dtype":"F64","shape":[144115188075855872],"data_offsets":[0,0]"#, "at most 9223372036854775807 bits"),
    (#""dtype":"F4","shape":[7],"data_offsets":[0,4]"#, "found F4 [7]; expected a shape of whole bytes"),
    (#""dtype":"U8","shape":[5],"data_offsets":[0,4]"#, "found 4 bytes; expected 5 bytes for U8 [5]"),
    (#""dtype":"F32","shape":[4],"data_offsets":[0,4]"#, "found 4 bytes; expected 16 bytes for F32 [4]"),
    (#""dtype":"U8","shape":[0],"data_offsets":[0,4]"#, "found 4 bytes; expected 0 bytes for U8 [0]"),
    (#""dtype":"U8","shape":[4],"data_offsets":[0]"#, "found 1 data_offsets; expected 2"),
    (#""dtype":"U8","shape":[4],"data_offsets":[0,4,8]"#, "found 3 data_offsets; expected 2"),
    (#""dtype":"U8","shape":[5],"data_offsets":[0,5]"#, "expected an end from 0 to 4, the end of the file"),
    (#""dtype":"U8","shape":[3],"data_offsets":[1,4]"#, "found data_offsets [1, 4]; expected a begin of 0"),
    (#""dtype":"U8","shape":[4],"data_offsets":[4,0]"#, "found data_offsets [4, 0]; expected a begin of 0"),
    (#""dtype":"U8","shape":[4],"data_offsets":[0,9223372036854775807]"#, "expected an end from 0 to 4"),
  ])
  func tensorsThatDoNotFit(field: String, part: String) throws {
    let message = try #require(refusal("{\"t\":{\(field)}}", bytes: 4))
    #expect(message.hasPrefix("f: tensor \"t\": found "), "\(message)")
    #expect(message.contains(part), "\(message)")
  }

  @Test(arguments: [
    (2, 6, "tensor \"b\": found data_offsets [2, 6]; expected a begin of 4"),  // overlaps a
    (0, 4, "tensor \"b\": found data_offsets [0, 4]; expected a begin of 4"),  // shares a's bytes
    (5, 9, "tensor \"b\": found data_offsets [5, 9]; expected a begin of 4"),  // leaves a hole
    (4, 3, "tensor \"b\": found data_offsets [4, 3]; expected an end from 4 to 9"),  // runs backwards
    (4, 10, "tensor \"b\": found data_offsets [4, 10]; expected an end from 4 to 9"),  // beyond the file
    (4, 8, "f: found 9 bytes of tensors; expected 8 bytes, the end of the last tensor"),
  ])
  func tensorsOutOfPlace(begin: Int, end: Int, part: String) throws {
    let second = #"{"dtype":"U8","shape":[4],"data_offsets":[\#(begin),\#(end)]}"#
    let message = try #require(refusal(#"{"a":\#(element),"b":\#(second)}"#, bytes: 9))
    #expect(message.contains(part), "\(message)")
  }

  @Test func lengthsOfTheHeaderOutOfRange() {
    func message(_ length: UInt64, bytes: Int) -> String? {
      refusal(
        file: withUnsafeBytes(of: length.littleEndian) { Data($0) } + Data("{}".utf8) + Data(count: bytes))
    }
    #expect(message(2, bytes: 0) == nil)
    #expect(
      message(3, bytes: 0)
        == "f: found a header of 3 bytes in a file of 10; expected a header of at most 2 bytes")
    #expect(message(.max, bytes: 0)?.contains("at most 2 bytes") == true)
    #expect(message(100_000_001, bytes: 100_000_000)?.contains("at most 100000000 bytes") == true)
  }

  @Test func textThatIsNotUTF8() {
    #expect(
      refusal(Data("{\"".utf8) + [0xFF] + Data("\":\(element)}".utf8), bytes: 4)?.contains("UTF-8") == true)
  }

  @Test func pathsThatAreNotFiles() throws {
    let folder = FileManager.default.temporaryDirectory
    for path in [folder, folder.appending(path: UUID().uuidString), URL(filePath: "/dev/zero")] {
      #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: path) }
    }
    do {
      _ = try SafetensorsFile(contentsOf: folder)
    } catch {
      #expect(error.description.contains("expected a file"))
    }
  }
}
