import Files
import Foundation
import IICCore
import Testing

@testable import IICReport

/// Files for TensorBoard. That it reads them is seen with `Tests/exports.sh all`.
@Suite struct EventFileTests {
  @Test func theChecksumIsCastagnolis() {
    // The check value of CRC-32C, and RFC 3720, B.4: 32 bytes of 0.
    #expect(EventFile.castagnoli(Array("123456789".utf8)) == 0xe306_9283)
    #expect(EventFile.castagnoli(Array(repeating: 0, count: 32)) == 0x8a91_36aa)
  }

  @Test func messagesAreEncodedAsProtocolBuffers() {
    // The examples of the format's own description: field 1 is 150, field 2 is "testing", field 3 is a message of the first.
    var inner = ProtobufMessage()
    inner.add(1, whole: 150)
    #expect(inner.bytes == [0x08, 0x96, 0x01])
    var outer = ProtobufMessage()
    outer.add(2, text: "testing")
    outer.add(3) { $0.add(1, whole: 150) }
    #expect(outer.bytes == [0x12, 0x07] + Array("testing".utf8) + [0x1a, 0x03, 0x08, 0x96, 0x01])
    var negative = ProtobufMessage()
    negative.add(1, whole: -1)
    #expect(negative.bytes == [0x08] + Array(repeating: 0xff, count: 9) + [0x01])
  }

  @Test func eachRecordIsWholeAndStartsAreApart() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "iic-tests-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    let run = url.appending(path: "run")
    try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
    func line(_ restart: Int, _ epoch: Int) -> String {
      #"{"epoch":\#(epoch),"learning_rate":0.1,"losses":{"main":[-1,-2]},"pairs":1,"restart":\#(restart),"steps":1}"#
        + "\n"
    }
    func times(_ epoch: Int) -> String {
      #"{"epoch":\#(epoch),"pairs_per_second":9,"restart":0,"seconds":2,"waiting":0}"# + "\n"
    }
    try Data("name: x\n".utf8).write(to: run.appending(path: "manifest.yaml"))
    let metrics = run.appending(path: "metrics.jsonl"), timing = run.appending(path: "timing.jsonl")
    // The third line is in writing.
    try Data((line(0, 0) + line(1, 0) + line(1, 1).dropLast(5)).utf8).write(to: metrics)
    try Data((times(0) + times(0)).utf8).write(to: timing)
    let log = TensorBoardLog(
      try RunFolder.open(at: run.path(percentEncoded: false)), in: url.appending(path: "logs"))
    #expect(try log.update() == (2, false))
    #expect(try log.update() == (0, false))
    try Data((line(0, 0) + line(1, 0) + line(1, 1)).utf8).write(to: metrics)
    try Data((times(0) + times(0) + times(1)).utf8).write(to: timing)
    #expect(try log.update() == (1, false))
    for (start, count) in [(1, 3), (2, 4)] {
      let folder = url.appending(path: "logs/start-\(start)")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
      let bytes = [UInt8](try Data(contentsOf: folder.appending(path: try #require(names.first))))
      var (place, records) = (0, 0)
      while place < bytes.count {
        let length = (0..<8).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
        #expect(Array(bytes[(place + 8)..<(place + 12)]) == EventFile.checksum(Array(bytes[place..<(place + 8)])))
        let data = Array(bytes[(place + 12)..<(place + 12 + length)])
        #expect(Array(bytes[(place + 12 + length)..<(place + 16 + length)]) == EventFile.checksum(data))
        place += 16 + length
        records += 1
      }
      // The version, the manifest, and the epochs.
      #expect(place == bytes.count && records == count && names.count == 1)
    }
  }
}
