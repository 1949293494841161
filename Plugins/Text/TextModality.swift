public import Archive
public import IICCore
public import Manifest
public import Torch

/// Texts: lines, files, or fields of tables. Samples and views are int32 token ids `[n, length]`, 0 where there is
/// no token.
public struct TextModality: Modality {
  public static let name = "text"

  private let data: TextData
  private let views: TextViews
  private let encoder: TextEncoderConfiguration

  public init(from root: SectionReader) throws(ManifestError) {
    data = try root.read(TextData.self, at: "data", "where the texts are, and how they become tokens")
    views = try root.read(TextViews.self, at: "views", "how two views of a text are made")
    encoder = try root.read(TextEncoderConfiguration.self, at: "encoder", "the network under the heads")
    try root.check(
      data.pairs != .itself || root.contains("pairs") || !views.base.isIdentity || !views.transformed.isIdentity,
      "views",
      "found neither dropout nor span on either side, so two views of a text would be the same; expected some, "
        + "data.pairs: neighbours, or a section pairs")
  }

  public static func draft(of source: DataSource, entries: [String]) throws -> ManifestDraft? {
    try TextDraft.draft(of: source, entries: entries)
  }

  public func dataset(cache: SampleCache) throws -> Dataset { try data.dataset(cache: cache, fitted: nil) }

  public func dataset(cache: SampleCache, fitted: FittedState) throws -> Dataset {
    try data.dataset(cache: cache, fitted: fitted)
  }

  public func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    View(try views.base(samples, generator: random.generator()))
  }

  public func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    View(try views.transformed(samples, generator: random.generator()))
  }

  public func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] { [View(samples)] }

  public func previews(of items: [Int], in dataset: Dataset) throws -> [ItemPreview] {
    try data.texts(of: items.map { dataset.description.ids[$0] }).map { .text($0) }
  }

  public func withoutParts(
    of text: String, in dataset: Dataset
  ) throws -> (parts: [Range<Int>], samples: Tensor)? {
    try data.withoutWords(of: text, fitted: dataset.description.fitted)
  }

  public func lines(sampleShape: [Int]) -> ItemLines? {
    ItemLines(
      .lines(file: "lines.txt"), settings: ["data.format=lines"],
      without: [
        "labels", "entries", "maxItems", "column", "labelColumn", "header", "separator", "field", "labelField",
      ].map { "data.\($0)" })
  }

  public func encoder(sampleShape: [Int], generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    guard sampleShape.count == 1 else {
      throw TorchError(operation: "encoder", message: "expected samples [length], found \(sampleShape)")
    }
    return try encoder.make(ids: data.tokens.idCount, length: sampleShape[0], generator: generator)
  }
}
