import IICCore
import Manifest
import Testing
import Torch

@testable import Imaging

@Suite struct StagesTests {
  /// The paper finetunes a map of 256 x 9 x 9 values of views of 64 pixels.
  @Test(arguments: [
    ("ClusterNet5g", 3, 64, 20_736), ("ClusterNet5g", 2, 33, 128 * 9 * 9), ("ClusterNet5g", 1, 24, 64 * 13 * 13),
    ("ResNet18", 3, 64, 256 * 4 * 4), ("ResNet50", 1, 50, 256 * 13 * 13), ("ClusterNet5g", 4, 24, 512),
  ])
  func featuresAreTheLastStagesMap(name: String, stages: Int, size: Int, features: Int) throws {
    let text = "name: \(name)\nstages: \(stages)\n"
    let configuration = try ManifestDocument(text: text).read(ImageEncoderConfiguration.self).configuration
    let views = try ManifestDocument(text: "size: \(size)\n").read(ImageViews.self).configuration
    let encoder = try configuration.encoder(
      sampleShape: [size, size, 3], views: views, generator: RandomGenerator(seed: 1))
    #expect(encoder.featureCount == features)
    let found = try withoutGradients { () throws in
      try encoder.layer(.zeros([2, 3, size, size]), .evaluation)
    }
    #expect(found.shape == [2, features])
    let names = encoder.layer.state.map(\.name)
    #expect(
      names.contains { $0.hasPrefix("layer\(stages).") } && !names.contains { $0.hasPrefix("layer\(stages + 1).") })
  }

  @Test func aNetworkWithoutStagesHasNoneToLeaveOut() throws {
    let error = #expect(throws: ManifestError.self) {
      try ManifestDocument(text: "name: compact\nstages: 2\n").read(ImageEncoderConfiguration.self)
    }
    #expect(error?.description.contains("has no effect on a network without stages") == true)
  }
}
