import Foundation
import IICCore
import Manifest
import Testing
import Torch

@testable import AudioModality

@Suite struct AudioEncoderTests {
  private func modality(_ encoder: String, bands: Int = 21) throws -> AudioModality {
    let text = """
      name: sounds
      modality: audio
      data: {source: data, sampleRate: 8000, seconds: 1}
      views: {seconds: 0.25, bands: \(bands), window: 256, hop: 64}
      encoder: \(encoder)
      heads: {main: {clusters: 3}}
      training: {epochs: 1}
      """
    let document = try ManifestDocument(text: text, source: "a.yaml", folder: nil, overrides: [])
    let experiment = try document.read { root throws(ManifestError) in
      try ExperimentConfiguration(from: root, registry: Registry([AudioModality.self]))
    }
    return try #require(experiment.configuration.modality as? AudioModality)
  }

  @Test(arguments: ["{}", "{pooling: all}", "{name: wide}", "{name: wide, pooling: all}"])
  func gradientsReachEveryParameter(encoder: String) throws {
    let made = try modality(encoder).encoder(sampleShape: [8002], generator: RandomGenerator(seed: 1))
    let spectra = try RandomGenerator(seed: 2).normal([4, 1, 21, 32]).channelsLast()
    let features = try made.layer(spectra, .training)
    #expect(features.shape == [4, made.featureCount])
    let weights = try RandomGenerator(seed: 3).normal(features.shape)
    try (features * weights).sum().backward()
    #expect(made.layer.parameters.count == 12)
    for parameter in made.layer.parameters {
      let gradient = try #require(try parameter.gradient).floats()
      #expect(gradient.allSatisfy { $0.isFinite })
      #expect(gradient.contains { $0 != 0 })
    }
  }

  @Test func bandsAreKeptWhereTimeIsAveraged() throws {
    let map = try Tensor((0..<12).map(Float.init), shape: [1, 2, 3, 2])
    let averaged = try TimeAveragePool2d()(map, .training).floats()
    #expect(averaged == [0.5, 2.5, 4.5, 6.5, 8.5, 10.5])
    let sizes = try ["{}", "{pooling: all}"].map {
      try modality($0, bands: 40).encoder(sampleShape: [8002], generator: RandomGenerator(seed: 1)).featureCount
    }
    #expect(sizes == [128 * 5, 128])
  }
}
