import Archive
import IICCore
import Manifest

/// The entries that hold arrays of images, and those with their labels: what formats of arrays read of a manifest.
struct ArrayEntries: Sendable {
  /// The most channels of an image.
  private static let channelLimit = 5

  /// Entries with images; several are joined in this order, and each is a part of its name.
  let images: [String]
  /// Entries with labels, one for each of `images`, or none.
  let labels: [String]

  init(from section: SectionReader) throws(ManifestError) {
    images = try section("images", .list(of: .string), "entries with images; several are joined in this order")
    labels = try section(
      "labels", .list(of: .string), default: [],
      "entries with labels, one for each entry of images; used to evaluate, never to train")
    try section.check(!images.isEmpty, "images", "found an empty list; expected one entry or more")
    try section.check(
      Set(images).count == images.count, "images", "found an entry twice; expected each once")
    try section.check(
      labels.isEmpty || labels.count == images.count, "labels",
      "found \(labels.count) entries; expected \(images.count), one for each entry of images, or none")
  }

  /// The shape `[H, W, C]` of the images of an array, which must be that of those before.
  ///
  /// Arrays of images often have the channels before the height, as PyTorch's do, which would be read without an error
  /// into images of other pixels.
  func sampleShape(
    of array: [Int], as before: [Int], problem: (String) -> ArchiveError
  ) throws(ArchiveError) -> [Int] {
    guard array.count == 3 || array.count == 4, !array.contains(0) else {
      throw problem("found an array of shape \(array); expected images [n, H, W] or [n, H, W, C]")
    }
    let sample = Array(array.dropFirst()) + (array.count == 3 ? [1] : [])
    guard sample[2] <= Self.channelLimit else {
      throw problem(
        "found an array of shape \(array), \(sample[2]) channels; expected images [n, H, W, C], the channels last and "
          + "at most \(Self.channelLimit)")
    }
    guard before.isEmpty || before == sample else {
      throw problem("found images of \(sample); expected \(before) as in \(images[0])")
    }
    return sample
  }

  /// What the cache keeps beside the samples, for arrays of `counts` images.
  func description(shape: [Int], counts: [Int], classes: [Int]) -> DatasetDescription {
    let isOne = images.count == 1
    return DatasetDescription(
      shape: shape, element: .uint8,
      ids: zip(images, counts).flatMap { name, count in (0..<count).map { isOne ? "\($0)" : "\(name):\($0)" } },
      labels: labels.isEmpty ? nil : classes,
      parts: isOne ? [] : zip(images, counts).map { DatasetDescription.Part(name: $0, count: $1) })
  }
}
