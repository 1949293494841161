import Files
import Foundation
import IICCore
import Manifest
import Testing
import Torch

@testable import Imaging

/// Weights as torchvision keeps them, given by `encoder.weights`.
@Suite struct PretrainedWeightsTests {
  private struct Figures: Decodable { let shapes: [String: [Int]] }

  /// A state dict of torchvision's resnet18: the names and shapes that `Fixtures/make_networks.py` found, the classifier
  /// that is no part of the trunk, and the counters of the normalisations. Each tensor is filled with its place.
  private func stateDict() throws -> (file: SafetensorsFile, names: [String]) {
    let url = Bundle.module.bundleURL.appending(path: "Fixtures/networks.json")
    let figures = try JSONDecoder().decode([String: Figures].self, from: Data(contentsOf: url))
    let shapes = try #require(figures["ResNet18"]?.shapes)
    let names = shapes.keys.sorted()
    var file = SafetensorsFile()
    for (place, name) in names.enumerated() { file.tensors[name] = entry(shapes[name] ?? [], Float(place + 1)) }
    for name in names where name.hasSuffix("running_var") {
      file.tensors[name.replacing("running_var", with: "num_batches_tracked")] = SafetensorsFile.Entry(
        dtype: .int64, shape: [], bytes: Data(count: 8))
    }
    file.tensors["fc.weight"] = entry([1000, 512], 1)
    file.tensors["fc.bias"] = entry([1000], 1)
    return (file, names)
  }

  private func entry(_ shape: [Int], _ value: Float) -> SafetensorsFile.Entry {
    let values = [Float](repeating: value, count: shape.reduce(1, *))
    return SafetensorsFile.Entry(dtype: .float32, shape: shape, bytes: values.withUnsafeBytes { Data($0) })
  }

  /// The encoder that a manifest makes with the weights of a file.
  private func encoder(_ file: SafetensorsFile, input: String = "plain") throws -> FeatureEncoder {
    let url = FileManager.default.temporaryDirectory.appending(path: "iic-\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    try file.write(to: url)
    let text = "name: ResNet18\nweights: \(url.path(percentEncoded: false))\n"
    let configuration = try ManifestDocument(text: text).read(ImageEncoderConfiguration.self).configuration
    let views = try ManifestDocument(text: "size: 32\ninput: \(input)\n").read(ImageViews.self).configuration
    let encoder = try configuration.encoder(
      sampleShape: [32, 32, 3], views: views, generator: RandomGenerator(seed: 1))
    try encoder.takeInitialWeights()
    return encoder
  }

  @Test func torchvisionsFilesFit() throws {
    let (file, names) = try stateDict()
    // 20 convolutions, and 20 normalisations of 4 tensors; 20 counters and the classifier's 2 beside them.
    #expect(names.count == 100 && file.tensors.count == 122)
    let state = try encoder(file).layer.state
    #expect(state.map(\.name).sorted() == names)
    for entry in state {
      let place = try #require(names.firstIndex(of: entry.name))
      let (low, high) = (try entry.tensor.min().item(), try entry.tensor.max().item())
      #expect(low == Double(place + 1) && high == low, "\(entry.name)")
    }
  }

  @Test func whatDoesNotFitIsNamed() throws {
    func message(_ file: SafetensorsFile, input: String = "plain") -> String? {
      #expect(throws: SafetensorsError.self) { try encoder(file, input: input) }?.description
    }
    let whole = try stateDict().file
    var more = whole
    more.tensors["classifier.weight"] = more.tensors["fc.weight"]
    #expect(message(more)?.contains("\"classifier.weight\": found a tensor the network does not have") == true)
    var fewer = whole
    fewer.tensors["layer3.0.bn2.running_mean"] = nil
    #expect(message(fewer)?.contains("tensor \"layer3.0.bn2.running_mean\": found no such tensor") == true)
    // Networks that see derivatives have another first layer than those of colours.
    #expect(
      message(whole, input: "sobel")?.contains(
        "tensor \"conv1.weight\": found F32 [64, 3, 7, 7]; expected F32 [64, 2, 7, 7]") == true)
  }
}
