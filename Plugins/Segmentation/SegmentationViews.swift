import Foundation
import IICCore
import Imaging
import Manifest
import Torch

/// The `views` section of a manifest about segmentation: what a place is shown with on the two sides of a pair.
///
/// Samples are bytes `[n, H, W, C + 1]`, of which the last plane says what is there (`PlacePlane`). The two views of a pair
/// show the same crop. The first one shows it as it is, the second one with other colours, turned and mirrored; both know
/// the map that leads back.
struct SegmentationViews: Sendable, ManifestSection {
  /// Which places count in training.
  enum Mask: String, CaseIterable, Sendable {
    /// All that the sample has.
    case none
    /// Those whose class is known: a use of labels, as published for COCO-Stuff.
    case labels
  }

  /// The side of a crop; nil shows whole samples.
  private let size: Int?
  private let input: ImageInput
  private let mask: Mask
  private let change: SecondView

  init(from section: SectionReader) throws(ManifestError) {
    size = try section(
      "size", .integer(in: 8...4096), default: nil,
      "side of the crop that both views show, drawn at whole pixels; the middle to evaluate; if absent, whole samples"
    )
    input = try section("input", .choice, default: .plainAndSobel, "what of an image the network is shown")
    mask = try section(
      "mask", .choice, default: .none,
      "places that count in training: none leaves out what lies outside an image; labels also what has no label, which "
        + "is a use of labels")
    change = try section.read(SecondView.self, at: "transformed", "how the second view differs from the first")
  }

  /// The views without a manifest: of whole samples or crops of `size`.
  init(size: Int? = nil, input: ImageInput = .plainAndSobel, change: SecondView = SecondView()) {
    (self.size, self.input, self.change, mask) = (size, input, change, .none)
  }

  /// The channels that the network is shown of images of `channels` channels.
  func inputChannels(of channels: Int) -> Int { input.channels(of: channels) }

  /// Whether samples `[H, W, C + 1]` have what the views need; a message if not.
  func problem(sampleShape: [Int]) -> String? {
    guard let size, let least = sampleShape.prefix(2).min(), size > least else { return nil }
    return "found \(size); expected at most \(least), the smaller side of the samples"
  }

  /// What the manifest asks for that has no effect on samples `[H, W, C + 1]`, a line each.
  func notes(sampleShape: [Int]) -> [String] {
    let channels = (sampleShape.last ?? 1) - 1
    return channels == 3 || channels == 4 ? [] : change.color.withoutEffect(channels: channels)
  }

  /// A pair of views of the same crops; `others` are the samples r times over.
  func pair(of samples: Tensor, others: Tensor, random: RandomStream) throws(TorchError) -> ViewPair {
    let repeats = max(1, (others.shape.first ?? 0) / max(1, samples.shape.first ?? 1))
    let shown = try crop(samples, random: random.child("crop"))
    let again = repeats == 1 ? shown : try shown.repeated([repeats, 1, 1, 1])
    return ViewPair(
      base: try base(shown), transformed: try changed(again, generator: random.child("transformed").generator()))
  }

  /// The first view of samples.
  func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try base(crop(samples, random: random.child("crop")))
  }

  /// The second view of samples.
  func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try changed(crop(samples, random: random.child("crop")), generator: random.generator())
  }

  /// The view that shows all of samples of any size.
  func view(of samples: Tensor) throws(TorchError) -> View { try base(samples) }

  /// The view to evaluate: the middle, or whole samples.
  func evaluationView(of samples: Tensor) throws(TorchError) -> View { try base(middle(samples)) }

  /// The classes of its places, `[n, H, W]`.
  func classes(of samples: Tensor) throws(TorchError) -> Tensor {
    let shape = samples.shape
    let plane = try middle(samples).sliced((shape[3] - 1)..<shape[3], along: 3)
    // From 0, outside, and 1, unknown, to -2 and -1.
    return try plane.reshaped(Array(plane.shape.dropLast())).to(.int64) - Double(PlacePlane.firstClass)
  }

  /// The maps that baselines cluster places by: the colours, and the colours with their derivatives.
  func descriptors(of samples: Tensor) throws(TorchError) -> [(name: String, values: Tensor)] {
    let pixels = try pixels(middle(samples))
    return [
      ("colours", pixels), ("colours and Sobel", try ImageInput.plainAndSobel(pixels, repeatsRim: true)),
    ]
  }
}

extension SegmentationViews {
  private func base(_ crops: Tensor) throws(TorchError) -> View {
    View(try input(pixels(crops), repeatsRim: true), map: nil, valid: try valid(crops))
  }

  private func changed(_ crops: Tensor, generator: RandomGenerator) throws(TorchError) -> View {
    let view = try change(pixels(crops), generator: generator)
    return View(try input(view.values, repeatsRim: true), map: view.map)
  }

  /// Bytes `[n, H, W, C + 1]` as images `[n, C, H, W]` from 0 to 1, channels last in memory.
  private func pixels(_ crops: Tensor) throws(TorchError) -> Tensor {
    let channels = (crops.shape.last ?? 1) - 1
    return try crops.sliced(0..<channels, along: 3).to(.float32).permuted([0, 3, 1, 2]) * (1 / 255)
  }

  /// Which places count, `[n, 1, H, W]`.
  private func valid(_ crops: Tensor) throws(TorchError) -> Tensor {
    let channels = (crops.shape.last ?? 1) - 1
    let plane = try crops.sliced(channels..<channels + 1, along: 3).to(.float32).permuted([0, 3, 1, 2])
    let least = mask == .labels ? Double(PlacePlane.firstClass) : 1
    return try (plane < least).to(.float32) * -1 + 1
  }

  /// Crops at drawn places, whole pixels, within what a sample has of an image where that is large enough.
  private func crop(_ samples: Tensor, random: RandomStream) throws(TorchError) -> Tensor {
    let shape = samples.shape
    guard let size, size < shape[1] || size < shape[2] else { return samples }
    let plane = try samples.sliced((shape[3] - 1)..<shape[3], along: 3).to(.int32).reshaped([
      shape[0], shape[1], shape[2],
    ])
    let (rows, columns) = (try plane.max([2]).integers(), try plane.max([1]).integers())
    var numbers = random.numbers()
    var crops: [Tensor] = []
    for item in 0..<shape[0] {
      let top = start(rows[(item * shape[1])..<((item + 1) * shape[1])], size, using: &numbers)
      let left = start(columns[(item * shape[2])..<((item + 1) * shape[2])], size, using: &numbers)
      crops.append(
        try samples.sliced(item..<item + 1).sliced(top..<top + size, along: 1).sliced(left..<left + size, along: 2))
    }
    return try .concatenated(crops)
  }

  /// Where a crop begins along an axis of which `there` says where something is.
  private func start(_ there: ArraySlice<Int>, _ size: Int, using numbers: inout SplitMix64) -> Int {
    let (length, offset) = (there.count, there.startIndex)
    let first = (there.firstIndex { $0 > 0 } ?? offset) - offset
    let last = (there.lastIndex { $0 > 0 } ?? there.endIndex - 1) - offset
    let room = last + 1 - first - size
    if room < 0 { return max(0, min((first + last + 1 - size) / 2, length - size)) }
    return first + numbers.below(room + 1)
  }

  private func middle(_ samples: Tensor) throws(TorchError) -> Tensor {
    let shape = samples.shape
    guard let size, size < shape[1] || size < shape[2] else { return samples }
    let (top, left) = ((shape[1] - size) / 2, (shape[2] - size) / 2)
    return try samples.sliced(top..<top + size, along: 1).sliced(left..<left + size, along: 2)
  }
}
