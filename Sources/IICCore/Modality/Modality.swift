public import Archive
public import Manifest
public import Torch

/// A kind of data: how it is read, what two views of one item are, which networks suit it.
///
/// A modality is made from the manifest's root and reads the sections that are its own, as a rule `data`,
/// `views` and `encoder`. A new one is a folder in `Plugins` and a line in the list that the command keeps.
public protocol Modality: ManifestSection, Sendable {
  /// The name that manifests call it by.
  static var name: String { get }

  /// A manifest for a source that may be of this kind, from the names of its entries and what the first of them hold; nil if
  /// it is not, or if that cannot be told.
  static func draft(of source: DataSource, entries: [String]) throws -> ManifestDraft?

  /// The items to cluster, decoded once into `cache`. Throws what is wrong with the data.
  func dataset(cache: SampleCache) throws -> Dataset

  /// The same, where `fitted` was fitted to the data of a run, as its datasets' `fitted` say, and must be taken instead of
  /// what would be fitted to these. A modality that fits nothing to its data leaves this out.
  func dataset(cache: SampleCache, fitted: FittedState) throws -> Dataset

  /// The items alone, to be looked at and not trained on: without their partners, which may take long to find. As a rule the
  /// same dataset; a modality that finds partners leaves them out here.
  func items(cache: SampleCache, fitted: FittedState?) throws -> Dataset

  /// A random view of each of a batch of samples `[n, ...]`: the first side of their pairs.
  func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View

  /// Another random view of each of a batch of samples `[n, ...]`, as a rule a stronger change: the second side.
  func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View

  /// A batch of pairs: one view of each of `samples` `[n, ...]` and r of `others` `[r n, ...]`, which are the same items r
  /// times over, or their partners. As a rule the two views above, drawn apart. A modality whose two views have something
  /// drawn in common, such as the crop that both show, says so here.
  func pair(of samples: Tensor, others: Tensor, random: RandomStream) throws(TorchError) -> ViewPair

  /// The views by which items are assigned to clusters, nothing random; their probabilities are averaged.
  func evaluationViews(of samples: Tensor) throws(TorchError) -> [View]

  /// The classes of the places of `evaluationViews`, where they are known one by one: `[n, H, W]`, or `[n, L]` of series, by
  /// number, or as `PlaceClass` says. Nil where an item has one class or none.
  func placeClasses(of samples: Tensor) throws(TorchError) -> Tensor?

  /// What a baseline such as k-means may cluster places by, beside a dense network: maps `[n, D, H, W]` of the same places,
  /// by name.
  func placeDescriptors(of samples: Tensor) throws(TorchError) -> [(name: String, values: Tensor)]

  /// What a line of text names, where items come one by one, as from standard input; nil if lines cannot name items.
  /// `sampleShape` is that of the samples of a run.
  func lines(sampleShape: [Int]) -> ItemLines?

  /// How items of a dataset are shown to a person, one each in order; none of them where they cannot be shown. As a rule
  /// what their samples show.
  func previews(of items: [Int], in dataset: Dataset) throws -> [ItemPreview]

  /// A text that is shown without one of its parts each: samples `[m, ...]`, one a part, and where the parts are, in UTF-16
  /// units of the text. By these a person sees which parts decide. Nil where nothing can be left out.
  func withoutParts(
    of text: String, in dataset: Dataset
  ) throws -> (parts: [Range<Int>], samples: Tensor)?

  /// The network that the manifest names, for samples of one `shape`, without the item dimension.
  func encoder(sampleShape: [Int], generator: RandomGenerator) throws -> FeatureEncoder
}

extension Modality {
  public static func draft(of source: DataSource, entries: [String]) throws -> ManifestDraft? { nil }

  public func lines(sampleShape: [Int]) -> ItemLines? { nil }

  public func items(cache: SampleCache, fitted: FittedState?) throws -> Dataset {
    try fitted.map { try dataset(cache: cache, fitted: $0) } ?? dataset(cache: cache)
  }

  public func placeClasses(of samples: Tensor) throws(TorchError) -> Tensor? { nil }

  public func placeDescriptors(of samples: Tensor) throws(TorchError) -> [(name: String, values: Tensor)] {
    try evaluationViews(of: samples).prefix(1).map { ("views", $0.values) }
  }

  public func pair(of samples: Tensor, others: Tensor, random: RandomStream) throws(TorchError) -> ViewPair {
    ViewPair(
      base: try baseView(of: samples, random: random.child("base")),
      transformed: try transformedView(of: others, random: random.child("transformed")))
  }

  public func dataset(cache: SampleCache, fitted: FittedState) throws -> Dataset { try dataset(cache: cache) }
}
