import Files
import IICCore
import Manifest
import Torch

/// Which frames are the two sides of a pair: those of one shot that are not far from each other.
///
/// A shot ends where the colours change at once: where two consecutive frames that were kept have histograms `p` and
/// `q` with `sum |p - q| / 2` above a threshold, on average over the channels (Zhang, Kankanhalli and Smoliar,
/// "Automatic partitioning of full-motion video", 1993).
struct FramePairs: Sendable {
  /// The most frames from one side of a pair to the other, counted in frames that were kept; 0 pairs frames with
  /// themselves.
  let maxGap: Int
  let threshold: Double

  /// The bins of a channel's histogram.
  private static let bins = 16
  /// The bytes of samples that are looked at at once.
  private static let pieceSize = 1 << 20

  /// Every option, as text.
  var key: String { "\(maxGap) \(threshold)" }

  /// Reads the keys `maxGap` and `shotThreshold`.
  init(from section: SectionReader) throws(ManifestError) {
    maxGap = try section(
      "maxGap", .integer(in: 0...1000), default: 3,
      "the most frames from one side of a pair to the other, counted in those kept; 0 pairs a frame with itself")
    threshold = try section(
      "shotThreshold", .number(in: 0...1), default: 0.25,
      "a shot ends where more than this part of the colours changes from one kept frame to the next; 1: never")
    try section.requires(
      "shotThreshold", of: "maxGap", maxGap > 0, "where each frame is paired with itself, maxGap: 0")
  }

  /// The partners of every frame.
  ///
  /// - Parameter isOrdered: whether the frames of each clip are in their order; if not, their names say it.
  func partners(of dataset: Dataset, isOrdered: Bool) throws -> Partners {
    let description = dataset.description
    var clips = [[Int]](repeating: [], count: description.groupIDs.count)
    for (item, clip) in (description.groups ?? []).enumerated() { clips[clip].append(item) }
    var lists = [[Int]](repeating: [], count: dataset.count)
    for clip in clips {
      for shot in try shots(isOrdered ? clip : ordered(clip, description.ids), of: dataset) {
        for (place, item) in shot.enumerated() {
          let near = max(0, place - maxGap)...min(shot.count - 1, place + maxGap)
          lists[item] = near.filter { $0 != place }.map { shot[$0] }
        }
      }
    }
    guard lists.contains(where: { !$0.isEmpty }) else {
      throw UserError(
        "no two frames are in one shot, so none can be paired; a higher data.shotThreshold makes shots longer, "
          + "a lower data.every or a higher data.framesPerSecond keeps more frames", key: "data.maxGap")
    }
    return Partners(lists)
  }

  private func ordered(_ items: [Int], _ ids: [String]) -> [Int] {
    let places = Dictionary(uniqueKeysWithValues: items.map { (ids[$0], $0) })
    return FrameFolders.ordered(items.map { ids[$0] }).compactMap { places[$0] }
  }

  /// The frames of a clip, cut where the colours change.
  private func shots(_ frames: [Int], of dataset: Dataset) throws(TorchError) -> [[Int]] {
    var shots: [[Int]] = []
    var last: [Double] = []
    let step = max(1, Self.pieceSize / dataset.description.sampleByteCount)
    for start in stride(from: 0, to: frames.count, by: step) {
      let piece = frames[start..<min(start + step, frames.count)]
      let histograms = try self.histograms(dataset.samples(at: piece), count: piece.count)
      for (frame, histogram) in zip(piece, histograms) {
        if shots.isEmpty || Self.difference(last, histogram) > threshold { shots.append([]) }
        shots[shots.count - 1].append(frame)
        last = histogram
      }
    }
    return shots
  }

  /// Of each of samples `[n, H, W, C]` the parts of its values in each bin, channel after channel; they sum to 1.
  private func histograms(_ samples: Tensor, count: Int) throws(TorchError) -> [[Double]] {
    let values = try samples.integers()
    let channels = samples.shape.last ?? 1
    let size = values.count / max(1, count)
    return (0..<count).map { item in
      var counts = [Int](repeating: 0, count: channels * Self.bins)
      for place in 0..<size {
        counts[place % channels * Self.bins + values[item * size + place] * Self.bins / 256] += 1
      }
      return counts.map { Double($0) / Double(size) }
    }
  }

  private static func difference(_ one: [Double], _ other: [Double]) -> Double {
    zip(one, other).reduce(0) { $0 + abs($1.0 - $1.1) } / 2
  }
}
