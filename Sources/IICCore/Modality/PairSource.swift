public import Files
public import Torch

/// One side of pairs: a kind of data, and its items.
public struct Side: Sendable {
  /// Draws the views.
  public let modality: any Modality
  /// The items.
  public let dataset: Dataset

  /// Makes a side.
  public init(_ modality: any Modality, _ dataset: Dataset) {
    self.modality = modality
    self.dataset = dataset
  }
}

/// Makes batches of pairs: draws each item's partner, has the modalities draw the views.
///
/// As a rule both sides are of one kind of data, and the second one shows the item itself or one of its partners. They
/// may also be of two kinds of data, where a table says which items belong together. Their clusters then correspond one
/// to one by the pairs, but need not have the same numbers: the information loss makes the joint symmetric, so that
/// exchanging two clusters of one side loses nothing.
public struct PairSource: Sendable {
  private let base, transformed: Side
  private let partners: Partners?
  /// Whether the two sides are of two kinds of data.
  private let isMixed: Bool
  private let device: Device

  /// Pairs from one dataset, on `device`.
  public init(_ modality: any Modality, _ dataset: Dataset, device: Device) {
    base = Side(modality, dataset)
    transformed = base
    partners = dataset.partners
    isMixed = false
    self.device = device
  }

  /// Pairs of items of two sides: `partners` names for each item of the base side those of the transformed one that belong
  /// with it. Throws unless each has one.
  public init(base: Side, transformed: Side, partners: Partners, device: Device) throws(UserError) {
    try partners.validate(itemCount: base.dataset.count, among: transformed.dataset.count)
    if let alone = (0..<base.dataset.count).first(where: { !partners.has($0) }) {
      throw UserError(
        "partners: item \(alone) of the base side has none; expected one or more for each, since the other side is of "
          + "other data")
    }
    (self.base, self.transformed, self.partners, self.device) = (base, transformed, partners, device)
    isMixed = true
  }

  /// The number of items of the base side.
  var itemCount: Int { base.dataset.count }

  /// What reads the features that a network gives for items of the base side.
  func reader(of network: ClusteringNetwork) -> FeatureReader {
    FeatureReader(
      network: network, modality: base.modality, dataset: base.dataset, device: device, pass: .evaluation)
  }

  /// One base view and r transformed views of each item in `indices`: the same pairs whenever asked with the same
  /// `random`.
  public func pairs(
    of indices: ArraySlice<Int>, repeats: Int, random: RandomStream
  ) throws(TorchError) -> ViewPair {
    try pairs(from: samples(of: indices, repeats: repeats, random: random), random: random)
  }

  /// Draws the partners of `indices` and reads what their views are made from. Any thread may do so.
  func samples(of indices: ArraySlice<Int>, repeats: Int, random: RandomStream) -> PairSamples {
    let items = base.dataset.bytes(at: indices)
    guard let partners else { return PairSamples(items: items, others: nil, repeats: repeats) }
    var numbers = random.child("partners").numbers()
    let drawn = (0..<repeats).flatMap { _ in partners.draw(for: indices, using: &numbers) }
    return PairSamples(items: items, others: transformed.dataset.bytes(at: drawn[...]), repeats: repeats)
  }

  /// The views of samples that were read with the same `random`.
  func pairs(from read: PairSamples, random: RandomStream) throws(TorchError) -> ViewPair {
    let samples = try base.dataset.tensor(read.items).to(device)
    let others =
      if let bytes = read.others {
        try transformed.dataset.tensor(bytes).to(device)
      } else {
        try samples.repeated([read.repeats] + samples.shape.dropFirst().map { _ in 1 })
      }
    guard isMixed else { return try base.modality.pair(of: samples, others: others, random: random) }
    return ViewPair(
      base: try base.modality.baseView(of: samples, random: random.child("base")),
      transformed: try transformed.modality.transformedView(of: others, random: random.child("transformed")))
  }
}

/// The samples of a batch of pairs, as their bytes.
struct PairSamples: Sendable {
  /// Those of n items.
  let items: [UInt8]
  /// Those of r partners of each; nil where items are their own.
  let others: [UInt8]?
  /// r, the transformed views of each item.
  let repeats: Int
}
