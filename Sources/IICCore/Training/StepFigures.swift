import Files
import Torch

/// What is recorded of a step: copies of its figures on their way from the device to the CPU.
///
/// To read a number of a step waits until the device has computed it. So the figures of a step are looked at when the
/// next one has been asked for, and the device always has something to do; on the CPU at once.
struct StepFigures {
  /// Whether the main head's outputs are those of its last step in the epoch.
  let isLast: Bool
  let pairs: Int
  let rate: Double
  private let heads: [String]
  private let hasMain: Bool
  private let tensors: Readback

  /// Takes a step's objective, the sizes of its gradients `[P]` and the main head's base outputs `[n, S, K]`, if it has
  /// some.
  init(
    _ value: ObjectiveValue, gradients: Tensor, main: Tensor?, isLast: Bool, pairs: Int, rate: Double
  ) throws(TorchError) {
    (self.isLast, self.pairs, self.rate) = (isLast, pairs, rate)
    heads = value.parts.keys.sorted()
    hasMain = main != nil
    tensors = try Readback(
      [value.total, gradients] + heads.compactMap { value.parts[$0] } + (main.map { [$0] } ?? []))
  }

  /// The figures, once they are there.
  func read() throws(TorchError) -> (value: ObjectiveValue, gradients: Tensor, main: Tensor?) {
    let found = try tensors.tensors()
    let parts = Dictionary(uniqueKeysWithValues: zip(heads, found.dropFirst(2)))
    return (ObjectiveValue(total: found[0], parts: parts), found[1], hasMain ? found.last : nil)
  }
}

extension Initialisation {
  /// Takes a step's figures and records those of the steps before `lag` others.
  func add(_ figures: StepFigures, lag: Int) throws {
    unread.append(figures)
    try record(upTo: lag)
  }

  /// Records the figures of all steps that were taken. Throws if one of them was not finite; that step changed no weight.
  ///
  /// Waiting for them is a part of the training's time.
  func settle() throws {
    guard !unread.isEmpty else { return }
    let start = ContinuousClock.now
    try record(upTo: 0)
    record.add(duration: ContinuousClock.now - start, waiting: .zero)
  }

  private func record(upTo lag: Int) throws {
    while unread.count > lag {
      let figures = unread.removeFirst()
      let (value, gradients, main) = try figures.read()
      try record.add(value, pairs: figures.pairs, rate: figures.rate)
      guard try value.total.item().isFinite else {
        throw UserError.notFinite("the loss", epoch: record.epoch, step: record.steps)
      }
      try checkGradients(gradients)
      if let main { try record.usage.add(main, isLast: figures.isLast) }
    }
  }
}
