import Synchronization
import Testing
import TestSupport
import Torch

@testable import IICCore

@Suite struct StepReaderTests {
  let experiment: Experiment
  let source: PairSource
  let steps = [[3, 1], [4, 0], [2, 7], [6, 5]].map { EpochPlan.Step(heads: ["main"], items: $0[...]) }
  let random = RandomStream(seed: 11).child("epoch", 0)
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    experiment = try blobs(
      ["data.count=8", "data.noise=1", "training.batch=4"], cache: SampleCache(folder: folder.url))
    var dataset = experiment.dataset
    try dataset.setPartners(Partners((0..<8).map { item in (0..<8).filter { $0 != item } }))
    source = PairSource(experiment.configuration.modality, dataset, device: .cpu)
  }

  private func expected(_ place: Int) throws -> [Float] {
    try values(source.pairs(of: steps[place].items, repeats: 3, random: random.child("views", place)))
  }

  private func values(_ pair: ViewPair) throws -> [Float] {
    try pair.base.values.floats() + pair.transformed.values.floats()
  }

  /// What is drawn for a step depends on its name alone, so an epoch may be entered anywhere, as a resumed run does.
  @Test(arguments: 0..<4)
  func pairsAreThoseOfTheStepWhereverAnEpochIsEntered(_ first: Int) throws {
    var reader = StepReader(steps, source, repeats: 3, random: random)
    for place in first..<4 {
      #expect(try values(reader.pieces(ofStep: place).pairs(0)) == expected(place))
    }
  }

  @Test func aStepThatWasNotReadAheadIsReadNow() throws {
    var reader = StepReader(steps, source, repeats: 3, random: random)
    for place in [0, 2, 2, 1] {
      #expect(try values(reader.pieces(ofStep: place).pairs(0)) == expected(place))
    }
  }

  /// Each piece has a stream of its own, and pieces have all items of the step in order.
  @Test func aStepInPiecesHasAllItemsAndTheSamePairsWhenAskedAgain() throws {
    var reader = StepReader(
      [EpochPlan.Step(heads: ["main"], items: [3, 1, 4, 0, 2][...])], source, repeats: 3, pieces: 2, random: random)
    let pieces = reader.pieces(ofStep: 0)
    #expect(pieces.count == 2)
    let stream = random.child("views", 0)
    for (place, items) in [[3, 1], [4, 0, 2]].enumerated() {
      let expected = try source.pairs(of: items[...], repeats: 3, random: stream.child("piece", place))
      #expect(try values(pieces.pairs(place)) == values(expected))
      #expect(try values(pieces.pairs(place)) == values(expected))
    }
  }

  @Test func aValueIsMadeOnce() {
    let count = Counter()
    let values = (0..<50).map { number in
      Ahead { () -> Int in
        count.value.add(1, ordering: .relaxed)
        return number
      }
    }
    for _ in 0..<2 { #expect(values.map(\.value) == Array(0..<50)) }
    #expect(count.value.load(ordering: .relaxed) == 50)
  }

  private final class Counter: Sendable {
    let value = Atomic(0)
  }
}
