public import Archive
public import IICCore
import Imaging
public import Manifest
import Media
public import Torch

/// Images. Samples are bytes `[n, H, W, C]`; views are float32 `[n, C', size, size]`, channels last in
/// memory.
public struct ImageModality: Modality {
  public static let name = "image"

  private let data: ImageData
  private let views: ImageViews
  private let encoder: ImageEncoderConfiguration

  public init(from root: SectionReader) throws(ManifestError) {
    data = try root.read(ImageData.self, at: "data", "where the images are")
    views = try root.read(ImageViews.self, at: "views", "how two views of an image are made")
    encoder = try root.read(ImageEncoderConfiguration.self, at: "encoder", "the network under the heads")
    try views.requireColours(data.format.color != .grey, of: "data.channels", in: root)
  }

  public static func draft(of source: DataSource, entries: [String]) throws -> ManifestDraft? {
    try PictureDraft(source, entries).map(\.draft)
  }

  public func dataset(cache: SampleCache) throws -> Dataset {
    var dataset = try data.dataset(cache: cache)
    for note in views.notes(sampleShape: dataset.description.shape) { dataset.note(note) }
    return dataset
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

  public func lines(sampleShape: [Int]) -> ItemLines? {
    data.lines(channels: sampleShape.last ?? 3)
  }

  public func encoder(sampleShape: [Int], generator: RandomGenerator) throws -> FeatureEncoder {
    try encoder.encoder(sampleShape: sampleShape, views: views, generator: generator)
  }
}
