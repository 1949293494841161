import Archive
import Foundation
import Testing
import TestSupport

/// The tables that samples/pairs/prepare.sh writes, against the labels themselves.
@Suite struct CouplesSampleTests {
  static let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "samples")

  private func couples(_ name: String, in folder: TemporaryFolder) throws -> [(left: Int, right: Int)] {
    let lines = try String(contentsOfFile: folder.path(name), encoding: .utf8).split(separator: "\n")
    #expect(lines.first == "left,right")
    return try lines.dropFirst().map { line -> (left: Int, right: Int) in
      let numbers = line.split(separator: ",").compactMap { Int($0) }
      try #require(numbers.count == 2, "\(line)")
      return (left: numbers[0], right: numbers[1])
    }
  }

  @Test func couplesAreOfOneClassOnlyWhereTheyShouldBe() throws {
    let folder = try TemporaryFolder()
    let script = Process()
    script.executableURL = URL(filePath: "/usr/bin/env")
    script.arguments = [
      "bash", Self.samples.appending(path: "pairs/prepare.sh").path(percentEncoded: false), folder.path("couples"),
    ]
    script.standardOutput = FileHandle.nullDevice
    try script.run()
    script.waitUntilExit()
    #expect(script.terminationStatus == 0)

    let name = "t10k-labels-idx1-ubyte"
    let archive = Self.samples.appending(path: "fashion-mnist/t10k.tar.gz").path(percentEncoded: false)
    let file = try #require(try DataSource(path: archive).entries(named: [name])[name])
    let labels = Array(file.dropFirst(8))
    #expect(labels.count == 10_000 && Set(labels).count == 10)

    let same = try couples("couples/same.csv", in: folder)
    let random = try couples("couples/random.csv", in: folder)
    for table in [same, random] {
      // Each item is the left one of three couples, with three others.
      #expect(table.map { $0.left } == (0..<10_000).flatMap { [$0, $0, $0] })
      #expect(table.allSatisfy { $0.left != $0.right && labels.indices.contains($0.right) })
      #expect(Set(table.map { $0.left * 10_000 + $0.right }).count == 30_000)
    }
    #expect(same.allSatisfy { labels[$0.left] == labels[$0.right] })
    // By chance one in ten; five standard deviations of a binomial count are 260.
    let equal = random.count { labels[$0.left] == labels[$0.right] }
    #expect(abs(equal - 3000) < 260)
  }
}
