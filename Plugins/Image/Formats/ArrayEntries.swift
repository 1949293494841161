import IICCore

/// The entries that hold arrays of images, and those with their labels: what formats of arrays read of a manifest.
struct ArrayEntries: Sendable {
  /// Entries with images; several are joined in this order, and each is a part of its name.
  let images: [String]
  /// Entries with labels, one for each of `images`, or none.
  let labels: [String]

  init(from section: SectionReader) throws(ManifestError) {
    images = try section.strings("images", "entries with images; several are joined in this order")
    labels = try section.strings(
      "labels", default: [], "entries with labels, one for each entry of images; used to evaluate, never to train")
    try section.check(!images.isEmpty, "images", "found an empty list; expected one entry or more")
    try section.check(
      Set(images).count == images.count, "images", "found an entry twice; expected each once")
    try section.check(
      labels.isEmpty || labels.count == images.count, "labels",
      "found \(labels.count) entries; expected \(images.count), one for each entry of images, or none")
  }

  /// What the cache keeps beside the samples, for arrays of `counts` images.
  func description(shape: [Int], counts: [Int], classes: [Int]) -> SampleDescription {
    let isOne = images.count == 1
    return SampleDescription(
      shape: shape, element: .uint8,
      ids: zip(images, counts).flatMap { name, count in (0..<count).map { isOne ? "\($0)" : "\(name):\($0)" } },
      labels: labels.isEmpty ? nil : classes,
      parts: isOne ? [] : zip(images, counts).map { SampleDescription.Part(name: $0, count: $1) })
  }
}
