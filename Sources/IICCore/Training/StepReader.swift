import Dispatch
import Synchronization
import Torch

/// Reads what an epoch's steps need, one step ahead: while the network works on a step, another thread copies the
/// samples of the next, so that training does not wait for the disk.
struct StepReader {
  private let steps: [EpochPlan.Step]
  private let source: PairSource
  private let repeats: Int
  /// In how many pieces a step passes through the network.
  private let pieces: Int
  private let random: RandomStream
  private var next: (place: Int, samples: Ahead<[PairSamples]>)?

  /// Reads from `source`; `random` is the epoch's own stream.
  init(_ steps: [EpochPlan.Step], _ source: PairSource, repeats: Int, pieces: Int = 1, random: RandomStream) {
    self.steps = steps
    self.source = source
    self.repeats = repeats
    self.pieces = pieces
    self.random = random
  }

  /// What the pairs of the step at `place` are made from, in pieces of nearly equal size.
  mutating func pieces(ofStep place: Int) -> StepPieces {
    let samples = (next?.place == place ? next?.samples : nil) ?? read(place)
    let items = ranges(place).map { steps[place].items[$0] }
    let read = samples.value
    next = steps.indices.contains(place + 1) ? (place + 1, self.read(place + 1)) : nil
    return StepPieces(source: source, items: items, samples: read, streams: streams(place))
  }

  private func read(_ place: Int) -> Ahead<[PairSamples]> {
    let (source, items, repeats, streams) = (source, steps[place].items, repeats, streams(place))
    let ranges = ranges(place)
    return Ahead {
      zip(streams, ranges).map { source.samples(of: items[$1], repeats: repeats, random: $0) }
    }
  }

  /// Where the items of a step's pieces are.
  private func ranges(_ place: Int) -> [Range<Int>] {
    let items = steps[place].items
    let starts = (0...pieces).map { items.startIndex + $0 * items.count / pieces }
    return zip(starts, starts.dropFirst()).map { $0..<$1 }
  }

  /// The streams of a step's pieces: of a single one the step's own.
  private func streams(_ place: Int) -> [RandomStream] {
    let stream = random.child("views", place)
    return pieces == 1 ? [stream] : (0..<pieces).map { stream.child("piece", $0) }
  }
}

/// The pairs of a step, made piece by piece: the same ones however often a piece is asked for.
struct StepPieces {
  fileprivate let source: PairSource
  /// The items of each piece.
  let items: [ArraySlice<Int>]
  fileprivate let samples: [PairSamples]
  fileprivate let streams: [RandomStream]

  /// The number of pieces.
  var count: Int { samples.count }

  /// The pairs of a piece.
  func pairs(_ piece: Int) throws(TorchError) -> ViewPair {
    try source.pairs(from: samples[piece], random: streams[piece])
  }
}

/// A value that another thread makes while this one works.
final class Ahead<Value: Sendable>: Sendable {
  private let made = Mutex<Value?>(nil)
  private let make: @Sendable () -> Value

  /// Begins to make the value.
  init(_ make: @escaping @Sendable () -> Value) {
    self.make = make
    DispatchQueue.global(qos: .userInitiated).async { [self] in _ = value }
  }

  /// The value. Waits for it, or makes it here if no thread has begun.
  var value: Value {
    made.withLock { made in
      if let made { return made }
      let value = make()
      made = value
      return value
    }
  }
}
