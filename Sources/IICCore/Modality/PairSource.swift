public import Torch

/// Makes batches of pairs: draws each item's partner, has the modality draw the views.
public struct PairSource: Sendable {
  private let modality: any Modality
  private let dataset: Dataset
  private let device: Device

  /// Pairs from a dataset, on `device`.
  public init(_ modality: any Modality, _ dataset: Dataset, device: Device) {
    self.modality = modality
    self.dataset = dataset
    self.device = device
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
    let items = dataset.bytes(at: indices)
    guard let partners = dataset.partners else { return PairSamples(items: items, others: nil, repeats: repeats) }
    var numbers = random.child("partners").numbers()
    let drawn = (0..<repeats).flatMap { _ in partners.draw(for: indices, using: &numbers) }
    return PairSamples(items: items, others: dataset.bytes(at: drawn[...]), repeats: repeats)
  }

  /// The views of samples that were read with the same `random`.
  func pairs(from read: PairSamples, random: RandomStream) throws(TorchError) -> ViewPair {
    let samples = try dataset.tensor(read.items).to(device)
    let others =
      if let bytes = read.others {
        try dataset.tensor(bytes).to(device)
      } else {
        try samples.repeated([read.repeats] + samples.shape.dropFirst().map { _ in 1 })
      }
    return ViewPair(
      base: try modality.baseView(of: samples, random: random.child("base")),
      transformed: try modality.transformedView(of: others, random: random.child("transformed")))
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
