import IICCore
import Manifest

/// Which frames of a clip are kept.
struct FrameSampling: Sendable {
  /// Each frame whose place divides by this is kept.
  let every: Int
  /// Instead: the first frame of each period of 1 / perSecond seconds.
  let perSecond: Double?
  /// The most frames of a clip, from its beginning.
  let limit: Int

  /// Every option, as text.
  var key: String { "\(every) \(perSecond ?? 0) \(limit)" }

  /// Reads the keys `every`, `framesPerSecond` and `maxFrames`.
  init(from section: SectionReader) throws(ManifestError) {
    every = try section(
      "every", .integer(in: 1...1_000_000), default: 1,
      "one of so many frames is kept, the first of each clip to begin with")
    perSecond = try section(
      "framesPerSecond", .number(in: 0.001...1000), default: nil,
      "frames that are kept of a second, instead of every")
    limit = try section(
      "maxFrames", .integer(in: 1...10_000_000), default: 100_000,
      "the most frames that are kept of a clip, from its beginning")
    try section.check(
      perSecond == nil || every == 1, "framesPerSecond", "found a value beside every; expected one of the two")
    try section.requires("every", of: "framesPerSecond", perSecond == nil, "beside framesPerSecond")
  }

  /// Decides of one frame after the other, by its place and its time in seconds, whether it is kept.
  struct Decision {
    /// The most seconds and the largest part of a period that times are taken to be early by.
    private static let earliness = 0.005, earlyPart = 0.25

    let sampling: FrameSampling
    private(set) var count = 0
    /// The period after that of the frame kept last.
    private var next = 0

    init(_ sampling: FrameSampling) { self.sampling = sampling }

    /// What becomes of a frame.
    enum Choice {
      case kept, leftOut
      /// It would be kept, were there no more of its clip than may be.
      case beyondLimit
    }

    /// Whether a frame is kept.
    mutating func keeps(index: Int, time: Double?, unit: Double = 0) -> Bool {
      choice(index: index, time: time, unit: unit) == .kept
    }

    /// - Parameter unit: the seconds that times are whole numbers of, to which they are rounded.
    mutating func choice(index: Int, time: Double?, unit: Double = 0) -> Choice {
      if let perSecond = sampling.perSecond {
        // A frame may seem to come before its period, by as much as rounding took from its time.
        let slack = min(Self.earlyPart, max(1e-6, min(unit, Self.earliness) * perSecond))
        guard let time, time < 1e12, case let period = Int(time * perSecond + slack), period >= next else {
          return .leftOut
        }
        next = period + 1
      } else if index % sampling.every != 0 {
        return .leftOut
      }
      guard count < sampling.limit else { return .beyondLimit }
      count += 1
      return .kept
    }
  }
}
