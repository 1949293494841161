public import Archive
import Files
public import IICCore
public import Manifest
public import Torch

/// Rows of numbers: measurements, or features that another network made. Samples and views are float32 `[n, D]`.
public struct VectorModality: Modality {
  public static let name = "vector"

  /// Where the vectors are; nil if they are given in memory.
  private let data: VectorData?
  private let views: VectorViews
  private let encoder: VectorEncoderConfiguration

  /// Vectors that are given in memory, as a `Dataset`.
  ///
  /// - Parameters:
  ///   - noise: the standard deviation of normal noise on the transformed view, in the units of the samples.
  ///   - dropout: the chance of a feature of the transformed view to become 0.
  ///   - hidden: F, the features of a layer of the network.
  public init(noise: Double? = nil, dropout: Double? = nil, hidden: Int? = nil) {
    data = nil
    var (views, encoder) = (VectorViews(), VectorEncoderConfiguration())
    if let noise { views.transformed.noise = noise }
    if let dropout { views.transformed.dropout = dropout }
    if let hidden { encoder.hidden = hidden }
    (self.views, self.encoder) = (views, encoder)
  }

  public init(from root: SectionReader) throws(ManifestError) {
    let data = try root.section("data", "where the vectors are, and which belong together") {
      section throws(ManifestError) in try VectorData(from: section, namesPairs: root.contains("pairs"))
    }
    self.data = data
    views = try root.read(VectorViews.self, at: "views", "how two views of a vector are made")
    encoder = try root.read(VectorEncoderConfiguration.self, at: "encoder", "the network under the heads")
    try root.check(
      data.pairs != .itself || root.contains("pairs") || !views.base.isIdentity || !views.transformed.isIdentity,
      "views",
      "found no noise and no dropout on either side, so two views of a vector would be the same; expected some, "
        + "data.pairs: neighbours, or a section pairs")
  }

  public static func draft(of source: DataSource, entries: [String]) throws -> ManifestDraft? {
    try VectorDraft.draft(of: source, entries: entries)
  }

  public func dataset(cache: SampleCache) throws -> Dataset { try read(cache, fitted: nil) }

  public func dataset(cache: SampleCache, fitted: FittedState) throws -> Dataset { try read(cache, fitted: fitted) }

  public func items(cache: SampleCache, fitted: FittedState?) throws -> Dataset {
    try read(cache, fitted: fitted, findsPartners: false)
  }

  private func read(_ cache: SampleCache, fitted: FittedState?, findsPartners: Bool = true) throws -> Dataset {
    guard let data else { throw UserError("vectors in memory: found no source; give the experiment a dataset") }
    return try data.dataset(cache: cache, fitted: fitted, findsPartners: findsPartners)
  }

  public func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    View(try views.base(samples, generator: random.generator()))
  }

  public func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    View(try views.transformed(samples, generator: random.generator()))
  }

  public func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] { [View(samples)] }

  public func lines(sampleShape: [Int]) -> ItemLines? {
    guard data != nil else { return nil }
    return ItemLines(
      .lines(file: "lines.csv"), settings: ["data.format=csv", "data.header=false"],
      without: ["array", "labels", "columns", "ids"].map { "data.\($0)" })
  }

  public func encoder(sampleShape: [Int], generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    guard sampleShape.count == 1 else {
      throw TorchError(operation: "encoder", message: "expected samples [D], found \(sampleShape)")
    }
    return try encoder.make(inputs: sampleShape[0], generator: generator)
  }
}
