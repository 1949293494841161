public import IICCore
public import Manifest
public import Torch

/// Sound. Samples are int16 waveforms `[n, 2 + L]`; views are log-mel spectrograms `[n, 1, bands, frames]`, float32.
///
/// The two views of a recording are two cuts of it, shifted in time.
public struct AudioModality: Modality {
  public static let name = "audio"

  private let data: AudioData
  private let views: AudioViewMaker
  private let encoder: AudioEncoderConfiguration

  public init(from root: SectionReader) throws(ManifestError) {
    data = try root.read(AudioData.self, at: "data", "where the recordings are")
    views = try root.read(AudioViews.self, at: "views", "how two views of a recording are made")
      .maker(for: data, root: root)
    encoder = try root.read(AudioEncoderConfiguration.self, at: "encoder", "the network under the heads")
  }

  public func dataset(cache: SampleCache) throws -> Dataset { try data.dataset(cache: cache) }

  public func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try views.baseView(samples, random)
  }

  public func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try views.transformedView(samples, random)
  }

  public func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] {
    try views.evaluationViews(samples)
  }

  public func lines(sampleShape: [Int]) -> ItemLines? {
    ItemLines(.paths, settings: ["data.labels=none", "data.pattern=null"])
  }

  public func encoder(sampleShape: [Int], generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    try encoder.make(bands: views.spectrogram.bands, generator: generator)
  }
}
