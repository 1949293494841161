import Dispatch
import Synchronization

/// Reads what an epoch's steps need, one step ahead: while the network works on a step, another thread copies the
/// samples of the next, so that training does not wait for the disk.
struct StepReader {
  private let steps: [EpochPlan.Step]
  private let source: PairSource
  private let repeats: Int
  private let random: RandomStream
  private var next: (place: Int, samples: Ahead<PairSamples>)?

  /// Reads from `source`; `random` is the epoch's own stream.
  init(_ steps: [EpochPlan.Step], _ source: PairSource, repeats: Int, random: RandomStream) {
    self.steps = steps
    self.source = source
    self.repeats = repeats
    self.random = random
  }

  /// The pairs of the step at `place`.
  mutating func pairs(ofStep place: Int) throws -> ViewPair {
    let samples = (next?.place == place ? next?.samples : nil) ?? read(place)
    let read = samples.value
    next = steps.indices.contains(place + 1) ? (place + 1, self.read(place + 1)) : nil
    return try source.pairs(from: read, random: stream(place))
  }

  private func read(_ place: Int) -> Ahead<PairSamples> {
    let (source, items, repeats, random) = (source, steps[place].items, repeats, stream(place))
    return Ahead { source.samples(of: items, repeats: repeats, random: random) }
  }

  private func stream(_ place: Int) -> RandomStream { random.child("views", place) }
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
