import Foundation
import Testing

@Suite(.serialized) struct ModalitiesTests {
  let folder: Workspace

  init() throws { folder = try Workspace() }

  @Test func everyKindOfDataIsListed() throws {
    let outcome = try iic("modalities", in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let images = try #require(outcome.output.split(separator: "\n").first { $0.hasPrefix("image ") })
    #expect(images.contains("encoders ") && images.contains("compact") && images.contains("ClusterNet6c"))
    #expect(try iic("modalities", "--json", in: folder).json().count == outcome.output.split(separator: "\n").count)
  }

  @Test func everyKeyOfAResolvedManifestIsListed() throws {
    let trained = try iic("train", "iic.yaml", "--run", "run", "--set", "training.epochs=1", in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    let listing = try #require(try iic("modalities", "image", "--json", in: folder).json().first)
    let keys = try #require(listing["keys"] as? [[String: Any]])
    let listed = Set(keys.compactMap { $0["key"] as? String })
    // The keys of the resolved manifest, found by the indentation of its lines.
    var path: [String] = []
    var written = 0
    for line in try String(contentsOfFile: folder.path("run/manifest.yaml"), encoding: .utf8).split(separator: "\n")
    {
      let depth = line.prefix { $0 == " " }.count / 2
      path = path.prefix(depth) + [String(line.drop { $0 == " " }.prefix { $0 != ":" })]
      #expect(listed.contains(path.joined(separator: ".")), "\(line)")
      written += 1
    }
    #expect(written > 40)
    let epochs = try #require(keys.first { $0["key"] as? String == "training.epochs" })
    #expect(epochs["type"] as? String == "integer")
    #expect(epochs["allowed"] as? String == "from 1 to 1000000")
    #expect(epochs["required"] as? Bool == true)
    #expect(epochs["own"] as? Bool == false)
    let encoder = try #require(keys.first { $0["key"] as? String == "encoder.name" })
    #expect(encoder["choices"] as? [String] == listing["encoders"] as? [String])
    #expect(encoder["default"] as? String == "compact")
    #expect(encoder["own"] as? Bool == true)
  }

  @Test func peopleReadTheSame() throws {
    let outcome = try iic("modalities", "image", in: folder)
    #expect(
      outcome.output.contains(
        "  data.source: list of paths; required\n      archive, folder or file with the images"))
  }

  @Test func keysOfAChoiceSayWhichOne() throws {
    let outcome = try iic("modalities", "vector", in: folder)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("  encoder.layers: ") })
    #expect(lines.contains { $0.hasPrefix("  data.header: ") && $0.hasSuffix("with data.format: csv or tsv") })
    #expect(lines.contains { $0.hasPrefix("  data.separator: ") && $0.hasSuffix("with data.format: csv") })
    let images = try iic("modalities", "image", in: folder).output.split(separator: "\n")
    #expect(images.count { $0.hasPrefix("  data.labels: ") } > 2)
    #expect(images.contains { $0.hasPrefix("  data.images: ") && $0.hasSuffix("with data.format: idx or npy") })
  }

  @Test func anUnknownNameListsTheKnownOnes() throws {
    let outcome = try iic("modalities", "smell", in: folder)
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("iic: modalities: found \"smell\"; expected image"))
  }
}
