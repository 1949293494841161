import Files
import Manifest
import Synchronization
import Testing
import TestSupport
import Torch

@testable import IICCore

/// What a training and an evaluation draw: nothing that should be drawn anew is drawn twice.
@Suite struct DrawsTests {
  let folder: TemporaryFolder
  let cache: SampleCache

  init() throws {
    folder = try TemporaryFolder()
    cache = SampleCache(folder: folder.url)
  }

  /// What a training was given: the streams of its views in order, the items of its base views, its first weights.
  private struct Draws {
    var streams: [UInt64] = []
    var items: [[Int]] = []
    var weights: [[Float]] = []
  }

  /// Trains two initialisations, each for two epochs of 5 steps of 60 items for each head.
  private func draws(_ overrides: [String] = [], seed: Int = 0) throws -> Draws {
    let settings = [
      "training.epochs=2", "training.restarts={count: 2, epochs: 2}", "training.scheme=inTurn",
      "training.seed=\(seed)",
    ]
    let experiment = try blobs(settings + overrides, cache: cache, modality: RecordingModality.self)
    let configuration = experiment.configuration
    let modality = try #require(configuration.modality as? RecordingModality)
    var draws = Draws()
    let trainer = Trainer(
      configuration.training, plan: try experiment.plan(),
      source: PairSource(modality, experiment.dataset, device: .cpu),
      objective: ClusteringObjective(configuration.heads.all)
    ) { random in
      let network = try experiment.makeNetwork(random: random)
      draws.weights.append(try network.state.flatMap { try $0.tensor.floats() })
      return network
    }
    _ = try trainer.train(trainer.initialState()) { _ in }
    let rows = try experiment.dataset.samples(at: Array(0..<experiment.dataset.count)[...]).floats()
    let places = Dictionary(uniqueKeysWithValues: (0..<experiment.dataset.count).map { (rows[$0 * 8], $0) })
    for draw in modality.log.entries {
      draws.streams.append(draw.stream)
      guard draw.isBase else { continue }
      draws.items.append(try draw.first.map { try #require(places[$0]) })
    }
    return draws
  }

  /// Both sides of every step, of every pass, epoch and initialisation, have a stream of their own.
  @Test(arguments: [[], ["heads.main.start=0.5", "heads.main.startFrom=auxiliary"]])
  func viewsAreDrawnAnew(overrides: [String]) throws {
    let draws = try draws(overrides)
    // The merged start looks at all items once more, in place of the first epoch's pass of the main head.
    #expect(draws.streams.count == 2 * 2 * 2 * 2 * 5)
    #expect(Set(draws.streams).count == draws.streams.count)
  }

  @Test func everyPassHasAnOrderOfItsOwn() throws {
    let steps = try draws().items
    try #require(steps.count == 40)
    let orders = (0..<8).map { Array(steps[($0 * 5)..<($0 * 5 + 5)].joined()) }
    for order in orders { #expect(order.sorted() == Array(0..<300)) }
    #expect(Set(orders).count == 8)
    // Nor are the same items together in a step.
    #expect(Set(steps.map { $0.sorted() }).count == 40)
  }

  @Test func initialisationsBeginWithOtherWeights() throws {
    let draws = try draws()
    try #require(draws.weights.count == 2)
    #expect(draws.weights[0] != draws.weights[1])
  }

  @Test func anotherSeedChangesAllOfIt() throws {
    let (one, same, other) = (try draws(seed: 5), try draws(seed: 5), try draws(seed: 6))
    #expect(one.streams == same.streams && one.items == same.items && one.weights == same.weights)
    #expect(Set(one.streams).isDisjoint(with: other.streams))
    #expect(zip(one.items, other.items).allSatisfy { $0 != $1 })
    #expect(Set(one.weights).isDisjoint(with: other.weights))
  }

  /// Two views of an item in one step are not the same view: neither the repeats nor the base view among them.
  @Test func repeatsOfAnItemDiffer() throws {
    let experiment = try blobs(["data.noise=1"], cache: cache)
    let pair = try PairSource(experiment.configuration.modality, experiment.dataset, device: .cpu)
      .pairs(of: [4, 2, 9], repeats: 3, random: RandomStream(seed: 0))
    let values = try pair.base.values.floats() + pair.transformed.values.floats()
    let rows = (0..<12).map { Array(values[($0 * 8)..<($0 * 8 + 8)]) }
    #expect(Set(rows).count == 12)
  }

  /// The 2500 items are looked at a piece after another.
  @Test func piecesOfAnEvaluationAreDrawnApart() throws {
    func streams(_ seed: Int) throws -> [UInt64] {
      let overrides = ["data.count=2500", "training.seed=\(seed)"]
      let experiment = try blobs(overrides, cache: cache, modality: RecordingModality.self)
      let modality = try #require(experiment.configuration.modality as? RecordingModality)
      _ = try experiment.assignments(of: experiment.makeNetwork(random: RandomStream(seed: 0)))
      return modality.log.entries.map(\.stream)
    }
    let (one, same, other) = (try streams(0), try streams(0), try streams(1))
    #expect(one.count >= 6 && Set(one).count == one.count)
    #expect(one == same && Set(one).isDisjoint(with: other))
  }
}

/// Blobs that tell what was drawn for their views.
private struct RecordingModality: Modality {
  static let name = BlobModality.name

  /// A batch of views.
  struct Entry: Sendable {
    let isBase: Bool
    /// The first number of its stream.
    let stream: UInt64
    /// The first number of each sample, by which items are told.
    let first: [Float]
  }

  final class Log: Sendable {
    private let kept = Mutex<[Entry]>([])
    var entries: [Entry] { kept.withLock { $0 } }
    func add(_ entry: Entry) { kept.withLock { $0.append(entry) } }
  }

  let log = Log()
  private let blobs: BlobModality

  init(from root: SectionReader) throws(ManifestError) { blobs = try BlobModality(from: root) }

  func dataset(cache: SampleCache) throws -> Dataset { try blobs.dataset(cache: cache) }

  func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try note(samples, random, isBase: true)
    return try blobs.baseView(of: samples, random: random)
  }

  func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try note(samples, random, isBase: false)
    return try blobs.transformedView(of: samples, random: random)
  }

  private func note(_ samples: Tensor, _ random: RandomStream, isBase: Bool) throws(TorchError) {
    var numbers = random.numbers()
    let first = try samples.sliced(0..<1, along: 1).floats()
    log.add(Entry(isBase: isBase, stream: numbers.next(), first: first))
  }

  func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] { try blobs.evaluationViews(of: samples) }

  func encoder(sampleShape: [Int], generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    try blobs.encoder(sampleShape: sampleShape, generator: generator)
  }
}
