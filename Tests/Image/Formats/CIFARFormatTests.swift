import Archive
import Foundation
import IICCore
import Testing

@Suite struct CIFARFormatTests {
  let fixture: Fixture
  let ten = Fixture.path("cifar-10-binary.tar.gz")
  let hundred = Fixture.path("cifar-100-binary.tar.gz")

  init() throws { fixture = try Fixture() }

  /// The archive has the batches in another order than their numbers.
  @Test func readsCIFAR10() throws {
    let dataset = try fixture.dataset(ten, "format: cifar10")
    #expect(dataset.description.shape == [32, 32, 3] && dataset.partTexts == ["train 7", "test 3"])
    #expect(dataset.labels == [0, 9, 2, 3, 4, 5, 5, 6, 7, 8])
    #expect(dataset.description.ids == (0..<7).map { "train:\($0)" } + (0..<3).map { "test:\($0)" })
    let places = [(10, 0), (10, 1), (20, 0), (30, 0), (40, 0), (40, 1), (50, 0), (60, 0), (60, 1), (60, 2)]
    for (item, (start, place)) in places.enumerated() {
      #expect(try dataset.bytes(item) == pixels(place, side: 32, start: start), "\(item)")
    }
    let test = try fixture.dataset(ten, "format: cifar10, parts: test")
    #expect(test.labels == [6, 7, 8] && test.partTexts == ["test 3"])
  }

  @Test func readsCIFAR100WithEitherLabel() throws {
    let fine = try fixture.dataset(hundred, "format: cifar100")
    #expect(fine.labels == [99, 0, 42, 50, 51] && fine.partTexts == ["train 3", "test 2"])
    let coarse = try fixture.dataset(hundred, "format: cifar100, labels: coarse")
    #expect(coarse.labels == [0, 19, 7, 1, 2])
    for dataset in [fine, coarse] {
      for item in 0..<3 { #expect(try dataset.bytes(item) == pixels(item, side: 32, start: 10)) }
      for item in 0..<2 { #expect(try dataset.bytes(3 + item) == pixels(item, side: 32, start: 20)) }
    }
  }

  private func folder(_ archive: String, _ change: (inout [String: [UInt8]]) -> Void) throws -> String {
    var entries = try Fixture.entries(of: archive)
    change(&entries)
    try? FileManager.default.removeItem(atPath: fixture.path("source"))
    for (name, bytes) in entries { try fixture.write(bytes, to: "source/\(name)") }
    return fixture.path("source")
  }

  @Test func classesHaveTheNamesThatTheArchiveGives() throws {
    let names = (0..<10).map { "kind \($0)" }
    let path = try folder("cifar-10-binary.tar.gz") {
      $0["cifar-10-batches-bin/batches.meta.txt"] = Array((names.joined(separator: "\n") + "\n\n").utf8)
    }
    #expect(try fixture.dataset(path, "format: cifar10").description.classNames == names)
    // The fixtures have fewer names than classes.
    #expect(try fixture.dataset(ten, "format: cifar10").description.classNames == nil)
    let groups = (0..<20).map { "group_\($0)" }
    let other = try folder("cifar-100-binary.tar.gz") {
      $0["cifar-100-binary/coarse_label_names.txt"] = Array(groups.joined(separator: "\n").utf8)
    }
    #expect(try fixture.dataset(other, "format: cifar100, labels: coarse").description.classNames == groups)
    #expect(try fixture.dataset(other, "format: cifar100").description.classNames == nil)
  }

  @Test func mistakes() throws {
    let batch = "cifar-10-batches-bin/data_batch_4.bin"
    var path = try folder("cifar-10-binary.tar.gz") { $0[batch]?.removeLast() }
    #expect(
      fixture.failure(path, "format: cifar10")
        == "PATH, entry \"\(batch)\": found 6145 bytes; expected a multiple of 3073, the bytes of an image")
    path = try folder("cifar-10-binary.tar.gz") { $0[batch]?[3073] = 10 }
    #expect(
      fixture.failure(path, "format: cifar10")
        == "PATH, entry \"\(batch)\": image 1, counted from 0: found the label 10; expected 0 to 9")
    path = try folder("cifar-10-binary.tar.gz") { $0[batch] = nil }
    #expect(
      fixture.failure(path, "format: cifar10")?.hasPrefix("PATH: no entry \"data_batch_4.bin\"; found") == true)
    #expect(try fixture.dataset(path, "format: cifar10, parts: test").count == 3)
    path = try folder("cifar-10-binary.tar.gz") {
      $0["again/test_batch.bin"] = $0["cifar-10-batches-bin/test_batch.bin"]
    }
    #expect(fixture.failure(path, "format: cifar10")?.contains("expected one test_batch.bin") == true)
    path = try folder("cifar-100-binary.tar.gz") { $0["cifar-100-binary/test.bin"] = nil }
    #expect(try fixture.dataset(path, "format: cifar100").partTexts == ["train 3"])
    #expect(
      fixture.failure(path, "format: cifar100, parts: [test]")?.hasPrefix("PATH: no entry \"test.bin\"") == true)
    path = try folder("cifar-100-binary.tar.gz") { $0["cifar-100-binary/test.bin"]?[0] = 20 }
    #expect(fixture.failure(path, "format: cifar100") == nil)
    #expect(
      fixture.failure(path, "format: cifar100, labels: coarse")
        == "PATH, entry \"cifar-100-binary/test.bin\": image 0, counted from 0: found the label 20; expected 0 to 19"
    )
    #expect(fixture.failure(hundred, "format: cifar10")?.hasPrefix("PATH: no entry \"data_batch_1.bin\"") == true)
    #expect(
      fixture.failure(hundred, "format: cifar100, labels: both")?.contains("expected one of fine, coarse") == true)
  }

  @Test func damagedArchives() throws {
    let whole = try [UInt8](Data(contentsOf: URL(filePath: ten)))
    for cut in stride(from: 20, to: whole.count, by: whole.count / 17) {
      try fixture.write(whole[..<cut], to: "cut.tar.gz")
      let message = fixture.failure(fixture.path("cut.tar.gz"), "format: cifar10")
      #expect(
        message?.hasPrefix("PATH") == true && message?.contains("\n") == false, "\(cut): \(message ?? "none")")
    }
  }
}
