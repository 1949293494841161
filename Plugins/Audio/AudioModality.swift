public import Archive
public import IICCore
public import Manifest
import Reading
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

  /// The suffixes of names of recordings.
  private static let suffixes: Set = [
    "wav", "wave", "flac", "mp3", "ogg", "oga", "opus", "aac", "m4a", "aif", "aiff", "aifc", "au", "mka", "wma",
  ]

  public static func draft(of source: DataSource, entries: [String]) -> ManifestDraft? {
    let sounds = entries.map(EntryPath.init).filter { suffixes.contains($0.suffix) }
    guard !sounds.isEmpty else { return nil }
    let folders = Set(sounds.map { $0.folder ?? "" })
    var data: [ManifestDraft.Line] = []
    if folders.count > 1 {
      data.append(
        .init("labels", "folder", "\(folders.count) folders; to compare with, never to train; none leaves them out")
      )
    }
    data.append(.init("onUndecodable", "skip", "what is no sound is left out, counted and named"))
    let place = folders.count > 1 ? " in \(folders.count) folders" : ""
    return ManifestDraft(
      entries: sounds.count, summary: "\(sounds.count) recordings\(place)", data: data,
      classes: folders.count > 1 ? folders.count : nil)
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

  public func previews(of items: [Int], in dataset: Dataset) throws -> [ItemPreview] {
    try items.map { try views.preview(dataset.samples(at: [$0])) }
  }

  public func lines(sampleShape: [Int]) -> ItemLines? {
    ItemLines(.paths, settings: [], without: ["data.labels", "data.pattern"])
  }

  public func encoder(sampleShape: [Int], generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    try encoder.make(bands: views.spectrogram.bands, generator: generator)
  }
}
