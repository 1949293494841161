public import IICCore
public import Manifest
public import Torch

/// The `views` section of a manifest about images: how two views of an image are made, and the one to evaluate by.
///
/// Samples are bytes `[n, H, W, C]`; views are float32 `[n, C', size, size]`, channels last in memory.
public struct ImageViews: Sendable, ManifestSection {
  /// The side of a view.
  public let size: Int
  /// What of an image the network is shown.
  public let input: ImageInput
  private let base, transformed: Augmentation
  private let evaluationScale: Double
  private let evaluationCrops: Crops

  /// What is shown of an image where the network is used.
  private enum Crops: String, CaseIterable {
    /// The part around the centre.
    case centre
    /// Five parts, at the corners and around the centre, and each of them mirrored; what the network says of them is
    /// averaged.
    case ten
  }

  public init(from section: SectionReader) throws(ManifestError) {
    try self.init(from: section, size: 28, transformed: .full)
  }

  /// Reads the section; keys that are absent have the defaults of images, but for these.
  public init(
    from section: SectionReader, size defaultSize: Int, transformed defaults: Augmentation
  ) throws(ManifestError) {
    size = try section("size", .integer(in: 8...1024), default: defaultSize, "side of a view, pixels")
    input = try section("input", .choice, default: .plain, "what of an image the network is shown")
    base = try section.section("base", "the base view") { section throws(ManifestError) in
      try Augmentation(from: section, defaults: .mild)
    }
    transformed = try section.section("transformed", "the transformed view") { section throws(ManifestError) in
      try Augmentation(from: section, defaults: defaults)
    }
    evaluationScale = try section(
      "evaluationScale", .number(in: 0.1...2), default: 0.875,
      "part of the side shown for evaluation, around the centre")
    evaluationCrops = try section(
      "evaluationCrops", .choice, default: Crops.centre,
      "what is shown for evaluation: centre, the part around it; ten, such parts at the corners, too, and all of them "
        + "mirrored, of which the mean of probabilities counts")
    try section.check(
      evaluationCrops == .centre || evaluationScale < 1, "evaluationCrops",
      "found ten with evaluationScale \(evaluationScale), which shows all of the image; expected evaluationScale below 1"
    )
  }

  /// Throws if the manifest changes saturation or hue of images that `other`, the path of a key, makes grey. `root` is the
  /// manifest's, and this section its `views`.
  public func requireColours(_ isColoured: Bool, of other: String, in root: SectionReader) throws(ManifestError) {
    for (side, view) in [("base", base), ("transformed", transformed)] {
      for key in view.color.colourKeys {
        try root.requires("views.\(side).\(key)", of: other, isColoured, "on grey images, \(other): grey")
      }
    }
  }

  /// What the manifest asks for that has no effect on samples `[H, W, C]`, a line each.
  public func notes(sampleShape: [Int]) -> [String] {
    guard let channels = sampleShape.last, channels != 3 else { return [] }
    return [("base", base), ("transformed", transformed)].flatMap { side, view in
      view.color.colourKeys.map { key in
        "views.\(side).\(key): has no effect on images of \(channels) channel\(channels == 1 ? "" : "s"); it needs red, "
          + "green and blue"
      }
    }
  }

  /// The first side of the pairs.
  public func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try shown(base(pixels(samples), size: size, generator: random.generator()))
  }

  /// The second side of the pairs.
  public func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try shown(transformed(pixels(samples), size: size, generator: random.generator()))
  }

  /// The views for evaluation: the centre, resized, or ten crops.
  public func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] {
    let pixels = try pixels(samples)
    let (scale, room) = (Float(evaluationScale), Float(1 - evaluationScale))
    var rows: [[Float]] = [[scale, 0, 0, 0, scale, 0]]
    if evaluationCrops == .ten {
      for (x, y) in [(-room, -room), (room, -room), (-room, room), (room, room)] {
        rows.append([scale, 0, x, 0, scale, y])
      }
      rows += rows.map { [-$0[0]] + $0.dropFirst() }
    }
    var views: [View] = []
    for row in rows {
      let theta = try Tensor(row, shape: [1, 2, 3]).repeated([samples.shape.first ?? 0, 1, 1]).to(samples.device)
      let view = try pixels.affineSampled(by: theta, height: size, width: size).channelsLast()
      views.append(try shown(View(view, map: theta)))
    }
    return views
  }

  /// A view of pixels as the network is shown it.
  private func shown(_ view: View) throws(TorchError) -> View { View(try input(view.values), map: view.map) }

  /// Bytes `[n, H, W, C]` as `[n, C, H, W]` from 0 to 1. The memory is left where it is: it is channels last.
  private func pixels(_ samples: Tensor) throws(TorchError) -> Tensor {
    try samples.to(.float32).permuted([0, 3, 1, 2]) * (1 / 255)
  }
}
