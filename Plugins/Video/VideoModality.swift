public import Archive
public import IICCore
import Imaging
public import Manifest
import Media
import Reading
public import Torch

/// Moving pictures. Samples are frames, bytes `[n, side, side, C]`; views are float32 `[n, C', size, size]`, channels
/// last in memory.
///
/// The two views of a frame are the frame and another of the same shot, not far from it; or the pairs that the manifest
/// names.
public struct VideoModality: Modality {
  public static let name = "video"

  private let data: VideoData
  private let hasNamedPairs: Bool
  private let views: ImageViews
  private let encoder: ImageEncoderConfiguration

  public init(from root: SectionReader) throws(ManifestError) {
    data = try root.read(VideoData.self, at: "data", "where the clips are")
    hasNamedPairs = root.contains("pairs")
    views = try root.section("views", "how two views of a frame are made") { section throws(ManifestError) in
      // Two frames differ as it is.
      try ImageViews(from: section, size: 48, transformed: .mild)
    }
    encoder = try root.read(ImageEncoderConfiguration.self, at: "encoder", "the network under the heads")
    try views.requireColours(data.shape.color != .grey, of: "data.color", in: root)
    for key in ["data.maxGap", "data.shotThreshold"] {
      try root.requires(
        key, of: "pairs", !hasNamedPairs, "beside the section pairs, which says what belongs together")
    }
  }

  /// The suffixes of names of films.
  private static let suffixes: Set = ["mp4", "m4v", "mov", "mkv", "webm", "avi", "ogv", "mpg", "mpeg", "flv", "ts"]

  public static func draft(of source: DataSource, entries: [String]) -> ManifestDraft? {
    let films = entries.map(EntryPath.init).filter { suffixes.contains($0.suffix) }
    guard !films.isEmpty else { return nil }
    return ManifestDraft(
      entries: films.count, summary: "\(films.count) films",
      data: [
        .init("labels", "clip", "the film of a frame; to compare with, never to train; none leaves it out"),
        .init("onUndecodable", "skip", "what cannot be decoded is left out, counted and named"),
      ], classes: films.count > 1 ? films.count : nil)
  }

  public func dataset(cache: SampleCache) throws -> Dataset {
    try data.dataset(cache: cache, findsPairs: !hasNamedPairs)
  }

  public func items(cache: SampleCache, fitted: FittedState?) throws -> Dataset {
    try data.dataset(cache: cache, findsPairs: false)
  }

  public func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try views.baseView(of: samples, random: random)
  }

  public func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try views.transformedView(of: samples, random: random)
  }

  public func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] {
    try views.evaluationViews(of: samples)
  }

  public func encoder(sampleShape: [Int], generator: RandomGenerator) throws -> FeatureEncoder {
    try encoder.encoder(sampleShape: sampleShape, views: views, generator: generator)
  }
}
