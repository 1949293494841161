import Foundation
import Testing
import TestSupport

@testable import IICCore

@Suite struct PartnersTests {
  private let partners = Partners([[1, 2], [], [0]])

  @Test func listsAreKept() {
    #expect(partners.count == 3)
    #expect((0..<3).map { partners[$0] } == [[1, 2], [], [0]])
    #expect((0..<3).map(partners.has) == [true, false, true])
  }

  @Test func onlyPartnersAreDrawnAndEachEquallyOften() {
    var numbers = RandomStream(seed: 0).numbers()
    var counts = [0, 0, 0]
    for _ in 0..<3000 {
      let drawn = partners.draw(for: [0, 1, 2], using: &numbers)
      #expect(drawn[1] == 1 && drawn[2] == 0)
      counts[drawn[0]] += 1
    }
    // Five standard deviations of a binomial count.
    #expect(counts[0] == 0 && abs(Double(counts[1]) - 1500) < 5 * 750.0.squareRoot())
  }

  @Test func whatIsKeptOnDiskIsReadBack() throws {
    let read = try #require(Partners(partners.data, itemCount: 3))
    #expect((0..<3).map { read[$0] } == [[1, 2], [], [0]])
    #expect(partners.data.count == 4 * (3 + 3))
    #expect(Partners(partners.data, itemCount: 2) == nil)
    #expect(Partners(partners.data.dropLast(4), itemCount: 3) == nil)
    #expect(Partners(partners.data.dropLast(1), itemCount: 3) == nil)
    var damaged = partners.data
    damaged[12] = 3  // an item that is not there
    #expect(Partners(damaged, itemCount: 3) == nil)
  }

  @Test func theCacheMinesOnceAndAgainWhenDamaged() throws {
    let folder = try TemporaryFolder()
    let cache = SampleCache(folder: folder.url)
    let dataset = try blobs(["data.count=3", "training.batch=4"], cache: cache).dataset
    var mined = 0
    func read(_ mining: String) throws -> [Int] {
      try cache.partners(of: dataset, mining: mining) {
        mined += 1
        return partners
      }[0]
    }
    #expect(try [read("a"), read("a")] == [[1, 2], [1, 2]] && mined == 1)
    #expect(try read("b") == [1, 2] && mined == 2)
    for file in try FileManager.default.contentsOfDirectory(at: folder.url, includingPropertiesForKeys: nil)
    where file.pathExtension == "partners" {
      try Data([1]).write(to: file)
    }
    #expect(try read("a") == [1, 2] && mined == 3)
    let file = try #require(
      try FileManager.default.contentsOfDirectory(at: folder.url, includingPropertiesForKeys: nil)
        .first { $0.pathExtension == "partners" && ((try? Data(contentsOf: $0).count) ?? 0) > 1 })
    // A partner that is an item, but another.
    var data = try Data(contentsOf: file)
    data[4 * 3] = 0
    try data.write(to: file)
    #expect(try read("a") == [1, 2] && mined == 4)
  }
}
