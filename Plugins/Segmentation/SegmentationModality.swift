public import Archive
import Files
public import IICCore
public import Imaging
public import Manifest
import Reading
public import Torch

/// Segmentation: the places of images are clustered rather than images.
///
/// Samples are bytes `[n, H, W, C + 1]`: the channels of an image or a tile of one, and a plane that says what is there.
/// Views are float32 `[n, C', H, W]`, channels last in memory.
public struct SegmentationModality: PictureModality {
  public static let name = "segmentation"

  private let data: SegmentationData
  private let views: SegmentationViews
  private let encoder: DenseEncoderConfiguration

  public init(from root: SectionReader) throws(ManifestError) {
    data = try root.read(
      SegmentationData.self, at: "data", "where the images are, and what is known of their places")
    views = try root.read(SegmentationViews.self, at: "views", "how two views of an image are made")
    encoder = try root.read(DenseEncoderConfiguration.self, at: "encoder", "the network under the heads")
  }

  public func dataset(cache: SampleCache) throws -> Dataset {
    var dataset = try data.dataset(cache: cache)
    let shape = dataset.description.shape
    if let problem = views.problem(sampleShape: shape) { throw UserError(problem, key: "views.size") }
    for note in views.notes(sampleShape: shape) { dataset.note(note) }
    return dataset
  }

  public func pair(of samples: Tensor, others: Tensor, random: RandomStream) throws(TorchError) -> ViewPair {
    try views.pair(of: samples, others: others, random: random)
  }

  public func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try views.baseView(of: samples, random: random)
  }

  public func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try views.transformedView(of: samples, random: random)
  }

  public func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] {
    [try views.evaluationView(of: samples)]
  }

  public func placeClasses(of samples: Tensor) throws(TorchError) -> Tensor? { try views.classes(of: samples) }

  public func placeDescriptors(of samples: Tensor) throws(TorchError) -> [(name: String, values: Tensor)] {
    try views.descriptors(of: samples)
  }

  public func forEachPicture(of source: DataSource, _ body: (Picture) throws -> Void) throws -> [String] {
    try data.forEachPicture(of: source, body)
  }

  public func previews(of items: [Int], in dataset: Dataset) throws -> [ItemPreview] {
    // The last channel is the classes, of which nothing is shown.
    let shape = dataset.description.shape
    guard shape.count == 3, let channels = shape.last, channels > 1 else { return [] }
    let shown = channels > 3 ? 3 : 1
    return items.compactMap { item in
      let bytes = dataset.bytes(at: [item])
      let kept = stride(from: 0, to: bytes.count, by: channels).flatMap { bytes[$0..<($0 + shown)] }
      return ItemPreview.Bitmap(width: shape[1], height: shape[0], channels: shown, bytes: kept).map { .bitmap($0) }
    }
  }

  public var pictureScale: Double { data.scale }

  public func view(of samples: Tensor) throws(TorchError) -> View { try views.view(of: samples) }

  public func encoder(sampleShape: [Int], generator: RandomGenerator) throws -> FeatureEncoder {
    try encoder.encoder(
      channels: views.inputChannels(of: (sampleShape.last ?? 1) - 1), generator: generator)
  }
}
