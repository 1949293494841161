import Files
import Foundation
import IICCore
import Testing
import Torch

@testable import Imaging

/// Residual networks against torchvision's, whose figures `Fixtures/make_networks.py` wrote.
@Suite struct ResNetTests {
  private struct Figures: Decodable {
    let shapes: [String: [Int]]
    let channels, size: Int
    let imageSeed: UInt64
    let features, imageGradient, stemGradient: [Float]
  }

  private static let networks = ["ResNet18", "ResNet34", "ResNet50", "ClusterNet5g", "dense ResNet50"]

  private func figures(_ name: String) throws -> Figures {
    let url = Bundle.module.bundleURL.appending(path: "Fixtures/networks.json")
    return try #require(try JSONDecoder().decode([String: Figures].self, from: Data(contentsOf: url))[name])
  }

  /// A network by the script's name.
  private func encoder(_ name: String, _ figures: Figures) throws -> FeatureEncoder {
    let generator = try RandomGenerator(seed: 1)
    if name.hasPrefix("dense ") {
      let dense = try #require(DenseEncoder(rawValue: String(name.dropFirst(6))))
      return try dense.make(channels: figures.channels, generator: generator)
    }
    let encoder = try #require(ImageEncoder(rawValue: name))
    return try encoder.make(channels: figures.channels, size: figures.size, generator: generator)
  }

  /// Numbers from -1 to 1, by the script's formula.
  private func uniform(_ seed: UInt64, _ count: Int) -> [Float] {
    (0..<UInt64(count)).map { place in
      var x = (seed << 32) &+ place
      x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
      x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
      x ^= x >> 31
      return Float(Double(x >> 40) / 8_388_608 - 1)
    }
  }

  /// The value of a tensor that is `place`th in the order of names.
  private func value(_ name: String, _ shape: [Int], _ place: Int) -> [Float] {
    let count = shape.reduce(1, *)
    let drawn = uniform(UInt64(place + 1), count)
    if shape.count > 1 {
      let scale = Float((6 / (Double(count) / Double(shape[0]))).squareRoot())
      return drawn.map { $0 * scale }
    }
    if name.hasSuffix("running_var") { return drawn.map { 1 + $0 / 2 } }
    return name.hasSuffix("weight") ? drawn.map { 1 + $0 / 4 } : drawn.map { $0 / 4 }
  }

  private func expectEqual(_ found: [Float], _ expected: [Float]) {
    let scale = expected.map(abs).max() ?? 0
    #expect(scale > 0)
    #expect(largestDifference(found, expected) < 1e-4 * scale)
  }

  @Test(arguments: networks) func agreesWithTorchvision(name: String) throws {
    let expected = try figures(name)
    let made = try encoder(name, expected)
    let state = made.layer.state.sorted { $0.name < $1.name }
    let shapes = Dictionary(uniqueKeysWithValues: state.map { ($0.name, $0.tensor.shape) })
    #expect(shapes == expected.shapes)

    var file = SafetensorsFile()
    for (place, entry) in state.enumerated() {
      let values = value(entry.name, entry.tensor.shape, place)
      file.tensors[entry.name] = SafetensorsFile.Entry(
        dtype: .float32, shape: entry.tensor.shape, bytes: values.withUnsafeBytes { Data($0) })
    }
    let url = FileManager.default.temporaryDirectory.appending(path: "iic-\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    try file.write(to: url)
    try Weights.read(url, into: state) { _ in false }

    let size = [2, expected.channels, expected.size, expected.size]
    let images = try Tensor(uniform(expected.imageSeed, size.reduce(1, *)), shape: size)
    try images.requireGradient()
    let features = try made.layer(images.channelsLast(), .evaluation)
    // Of a map fewer values are kept: it has 2048 for each of 64 places.
    let (count, step) = (features.count / 2, made.isDense ? 1009 : 17)
    let sampled = try features.floats().enumerated().filter { $0.offset % count % step == 0 }.map(\.element)
    expectEqual(sampled, expected.features)

    try (features * features).sum().backward()
    let scale = Float(2 * count)
    let gradient = try #require(try images.gradient).floats()
    let (side, channels) = (expected.size, expected.channels)
    let places = stride(from: 0, to: side, by: 9)
    let seen = (0..<2).flatMap { item in
      places.flatMap { row in places.map { gradient[(item * channels * side + row) * side + $0] / scale } }
    }
    expectEqual(seen, expected.imageGradient)

    let stem = try #require(state.first { $0.name == "conv1.weight" }).tensor
    let kernel = stem.shape[1] * stem.shape[2] * stem.shape[3]
    let stemGradient = try #require(try stem.gradient).floats()
    expectEqual(
      stride(from: 0, to: stemGradient.count, by: kernel).map { stemGradient[$0] / scale }, expected.stemGradient)
  }

  /// As `kaiming_normal_(pass="fan_out", nonlinearity="relu")` draws: by the output's channels, also where the input has
  /// others.
  @Test(arguments: ["ResNet18", "ResNet50", "ClusterNet5g"]) func weightsStartAsTorchvisions(name: String) throws {
    let encoder = try #require(ImageEncoder(rawValue: name))
    let made = try encoder.make(channels: 3, size: 64, generator: RandomGenerator(seed: 1))
    var convolutions = 0
    for entry in made.layer.state where entry.tensor.shape.count == 4 {
      let shape = entry.tensor.shape
      let expected = 2 / Double(shape[0] * shape[2] * shape[3])
      let variance = try (entry.tensor * entry.tensor).mean().item()
      // Five standard errors of a variance.
      let tolerance = 5 * (2 / Double(entry.tensor.count)).squareRoot()
      #expect(abs(variance / expected - 1) < tolerance, "\(entry.name): \(variance), not \(expected)")
      convolutions += 1
    }
    #expect(convolutions == ["ResNet18": 20, "ResNet50": 53, "ClusterNet5g": 36][name])
  }
}
