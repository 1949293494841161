import Foundation
import Manifest
import Testing
import TestSupport
import Torch

@testable import IICCore

/// What the trainer makes of an optimiser: each step of each weight beside the same rule by hand, in double precision,
/// from the gradients that the network has.
@Suite struct OptimizationTests {
  let folder: TemporaryFolder
  let cache: SampleCache

  init() throws {
    folder = try TemporaryFolder()
    cache = SampleCache(folder: folder.url.appending(path: "cache"))
  }

  /// Trains, and compares after every step.
  ///
  /// - Parameters:
  ///   - rates: the factors of the heads' rates.
  ///   - coasts: whether a head goes on without a gradient once it has had one.
  private func compare(
    _ overrides: [String], steps total: Int, decay: Double = 0, rates: [String: Double] = [:], coasts: Bool = false,
    rate: (Double) -> Double
  ) throws {
    let trainer = try blobs(["training.epochs=4", "heads.normalise=false"] + overrides, cache: cache).trainer()
    let state = try trainer.initialState()
    var hands = try state.current.network.state.filter(\.isParameter).map {
      Handwritten(name: $0.name, values: try $0.tensor.doubles())
    }
    let initial = hands.map(\.values)
    let isAdam = !overrides.contains("training.optimizer=sgd")
    var done = 0
    _ = try trainer.train(state) { event in
      guard case .step(_, _, let state) = event else { return }
      let current = rate(Double(done) / Double(total))
      let parameters = state.current.network.state.filter(\.isParameter)
      var idle = 0
      for (place, parameter) in parameters.enumerated() {
        let gradient = try parameter.tensor.gradient?.doubles()
        let own = current * (rates.first { parameter.name.hasPrefix("heads.\($0.key).") }?.value ?? 1)
        hands[place].step(gradient, isAdam: isAdam, rate: own, decay: decay, coasts: coasts)
        idle += gradient == nil ? 1 : 0
        let error = zip(try parameter.tensor.doubles(), hands[place].values).map { abs($0 - $1) }.max() ?? 1
        #expect(error < 2e-5, "step \(done), \(parameter.name)")
      }
      // One head of two rests with its weight and its bias.
      #expect(idle == (overrides.contains("training.scheme=inTurn") ? 2 : 0))
      done += 1
    }
    #expect(done == total)
    // Far more than the comparison lets pass. Biases begin at 0 and need not go far.
    for (hand, initial) in zip(hands, initial) where hand.name.hasSuffix("weight") {
      let moved = zip(hand.values, initial).map { abs($0 - $1) }.max() ?? 0
      #expect(moved > 2e-3, "\(hand.name)")
    }
  }

  private func cosine(from rate: Double, to fraction: Double) -> (Double) -> Double {
    { rate * (fraction + (1 - fraction) * (1 + cos(.pi * $0)) / 2) }
  }

  @Test func adamAtAConstantRate() throws {
    try compare(["training.learningRate=0.004"], steps: 20) { _ in 0.004 }
  }

  @Test func adamDownACosineWithWeightDecay() throws {
    try compare(
      ["training.schedule=cosine", "training.finalLearningRate=0.1", "training.weightDecay=0.2"], steps: 20,
      decay: 0.2, rate: cosine(from: 0.01, to: 0.1))
  }

  @Test func stochasticGradientDescentWithMomentumAndWeightDecay() throws {
    try compare(
      [
        "training.optimizer=sgd", "training.learningRate=0.05", "training.schedule=cosine",
        "training.finalLearningRate=0", "training.weightDecay=0.1",
      ], steps: 20, decay: 0.1, rate: cosine(from: 0.05, to: 0))
  }

  @Test func aHeadsRateIsItsFactorOfTheSchedules() throws {
    try compare(
      [
        "training.schedule=cosine", "training.finalLearningRate=0.5", "heads.main.rate=3",
        "heads.auxiliary.rate=0.5",
      ],
      steps: 20, rates: ["main": 3, "auxiliary": 0.5], rate: cosine(from: 0.01, to: 0.5))
  }

  @Test(arguments: [false, true], ["adam", "sgd"])
  func aHeadThatWaitsRestsOrCoasts(coasts: Bool, optimizer: String) throws {
    try compare(
      [
        "training.scheme=inTurn", "training.idleHeads=\(coasts ? "coast" : "rest")", "heads.main.rate=2",
        "training.weightDecay=0.1", "training.optimizer=\(optimizer)", "heads.auxiliary.passes=2",
      ], steps: 60, decay: 0.1, rates: ["main": 2], coasts: coasts
    ) { _ in 0.01 }
  }

  @Test func coastingNeedsTurns() throws {
    let together = #expect(throws: ManifestError.self) { try blobs(["training.idleHeads=coast"], cache: cache) }
    #expect(together?.key == "training.idleHeads")
    #expect(
      together?.problem == "found coast; with scheme together no head has to wait for its turn; expected rest, or "
        + "scheme: inTurn")
    let alone = [
      "training.scheme=inTurn", "training.idleHeads=coast", "heads={main: {clusters: 3}, auxiliary: null}",
    ]
    let single = #expect(throws: ManifestError.self) { try blobs(alone, cache: cache).trainer() }
    #expect(single?.key == "training.idleHeads")
    #expect(
      single?.problem == "found coast; with one head none has to wait for its turn; expected rest, or an auxiliary "
        + "head")
    _ = try blobs(["training.scheme=inTurn", "training.idleHeads=coast"], cache: cache).trainer()
  }
}

/// A tensor's values under Adam, or under gradient descent with momentum 0.9.
private struct Handwritten {
  let name: String
  var values: [Double]
  private var first: [Double]
  private var second: [Double]
  private var count = 0

  init(name: String, values: [Double]) {
    (self.name, self.values) = (name, values)
    first = values.map { _ in 0 }
    second = first
  }

  mutating func step(_ gradient: [Double]?, isAdam: Bool, rate: Double, decay: Double, coasts: Bool) {
    if gradient == nil, !coasts || count == 0 { return }
    count += 1
    for place in values.indices {
      let slope = (gradient?[place] ?? 0) + decay * values[place]
      guard isAdam else {
        first[place] = 0.9 * first[place] + slope
        values[place] -= rate * first[place]
        continue
      }
      first[place] += 0.1 * (slope - first[place])
      second[place] += 0.001 * (slope * slope - second[place])
      let mean = first[place] / (1 - pow(0.9, Double(count)))
      let square = second[place] / (1 - pow(0.999, Double(count)))
      values[place] -= rate * mean / (square.squareRoot() + 1e-8)
    }
  }
}
