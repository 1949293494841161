import Foundation
import Testing

/// Every manifest of the samples is one that the program reads, wherever its data is.
@Suite(.serialized) struct SampleTests {
  static let samples = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "samples")

  /// The manifests of this program's modalities; a sample with a package of its own brings its own.
  static func manifests() -> [String] {
    let root = samples.path(percentEncoded: false)
    let all = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return all.filter { name in
      let folder = name.split(separator: "/").first ?? ""
      return name.hasSuffix(".yaml") && !FileManager.default.fileExists(atPath: "\(root)/\(folder)/Package.swift")
    }.sorted()
  }

  @Test func thereAreSamples() {
    #expect(
      Set(Self.manifests()).isSuperset(of: [
        "audio/iic.yaml", "cifar10/iic.yaml", "cifar100-20/iic.yaml", "fashion-mnist/full.yaml",
        "fashion-mnist/iic.yaml", "mnist/iic.yaml", "stl10/iic.yaml", "text/iic.yaml",
      ]))
  }

  /// Reading the manifest comes before opening the data, so data that is missing is all that can be wrong.
  @Test(arguments: manifests())
  func parses(_ name: String) throws {
    let folder = try Workspace()
    let manifest = Self.samples.appending(path: name).path(percentEncoded: false)
    let outcome = try iic("train", manifest, "--set", "data.source=/no/such/source", in: folder)
    #expect(outcome.status == 1)
    #expect(
      outcome.errors.contains("data.source=/no/such/source: /no/such/source: No such file or directory"),
      "\(outcome.errors)")
  }
}
