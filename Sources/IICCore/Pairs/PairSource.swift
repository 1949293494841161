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
    let samples = try dataset.samples(at: indices).to(device)
    var others: Tensor
    if let partners = dataset.partners {
      var numbers = random.child("partners").numbers()
      let drawn = (0..<repeats).flatMap { _ in partners.draw(for: indices, using: &numbers) }
      others = try dataset.samples(at: drawn[...]).to(device)
    } else {
      others = try samples.repeated([repeats] + samples.shape.dropFirst().map { _ in 1 })
    }
    return ViewPair(
      base: try modality.baseView(of: samples, random: random.child("base")),
      transformed: try modality.transformedView(of: others, random: random.child("transformed")))
  }
}
