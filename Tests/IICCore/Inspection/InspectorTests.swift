import Testing
import TestSupport

@testable import IICCore

@Suite struct InspectorTests {
  let folder: TemporaryFolder
  let cache: SampleCache

  init() throws {
    folder = try TemporaryFolder()
    cache = SampleCache(folder: folder.url)
  }

  private func pairs(_ overrides: String...) throws -> PairInspection {
    try #require(try Inspector(blobs(overrides, cache: cache)).pairs())
  }

  @Test func viewsThatKeepTheItemAreGood() throws {
    let found = try pairs()
    #expect(found.verdict == .good)
    #expect(found.pairs == 256)
    #expect(found.nearlyIdentical == 0)
    #expect(found.features.auc > 0.8)
  }

  @Test func noiseThatDrownsTheItemIsCalledRandom() throws {
    let found = try pairs("data.classes=1", "data.noise=10")
    #expect(found.verdict == .random)
    #expect(found.message.hasPrefix("paired items are no more alike than random ones"))
  }

  /// Partners of which three in five are of an item's own class, the others of another: weak pairs, of which the first
  /// few do not tell enough.
  @Test func weakPairsAreComparedInGreaterNumber() throws {
    var experiment = try blobs(["data.count=3000", "data.classes=2", "data.noise=1"], cache: cache)
    var numbers = RandomStream(seed: 2).numbers()
    let partners = Partners(
      (0..<3000).map { item in
        let isSame = item / 2 % 5 < 3
        return [2 * Int.random(in: 0..<1500, using: &numbers) + (isSame ? item % 2 : 1 - item % 2)]
      })
    try experiment.data.dataset.setPartners(partners)
    let found = try #require(try Inspector(experiment).pairs())
    #expect(found.pairs == 1536)
    #expect(found.verdict == .weak)
    #expect(try #require(found.views).aucLow > 0.5)
  }

  @Test func theSpreadOfFeaturesIsMeasured() throws {
    let spread = try #require(try pairs().spread)
    #expect(spread.relative > 0.1 && !spread.isFlat)
  }

  @Test func viewsThatAreTheSameAreCalledOut() throws {
    for noise in ["0", "0.001"] {
      let found = try pairs("data.noise=\(noise)")
      #expect(found.verdict == .identical)
      #expect(found.nearlyIdentical == 256)
    }
  }

  @Test func partnersDecideWhatIsPaired() throws {
    var experiment = try blobs(["data.noise=0", "data.count=300"], cache: cache)
    // Every third item has one of another class as its partner, the others none.
    try experiment.data.dataset.setPartners(Partners((0..<300).map { $0 % 3 == 0 ? [($0 + 1) % 300] : [] }))
    let inspector = try Inspector(experiment)
    #expect(try inspector.data().withPartners == 100)
    #expect(try inspector.data().trained == 100)
    let found = try #require(try inspector.pairs())
    #expect(found.pairs == 100)
    #expect(found.nearlyIdentical == 0)
  }

  @Test func dataIsCounted() throws {
    let data = try Inspector(blobs(["data.count=10"] + small, cache: cache)).data()
    #expect(data.items == 10)
    #expect(data.classes?.map(\.items) == [4, 3, 3])
    #expect(data.unlabelled == 0)
    #expect(data.sampleShape == [8])
    #expect(data.cacheBytes == 10 * 8 * 4)
    #expect(data.withPartners == nil)
  }

  @Test func twoStepsSayWhatTheRunCosts() throws {
    let overrides = ["training.restarts.count=3", "training.restarts.epochs=2"]
    let trial = try Inspector(blobs(overrides, cache: cache)).trial()
    #expect(trial.stepsPerEpoch == 5)  // 300 items, 60 a step
    #expect(trial.epochs == 8 + 2 * 2)
    // Linear 8 to 32, heads of 2 x 3 and 2 x 6 on 32 features.
    let expected: Int = (8 + 1) * 32 + (32 + 1) * (6 + 12)
    #expect(trial.parameters == expected)
    #expect(trial.secondsPerStep > 0)
    #expect(trial.steps == 60)
    #expect(abs(trial.trainingSeconds - trial.secondsPerStep * 60) < 1e-9)
    #expect(trial.memoryBytes > 1 << 20)
  }

  private func steps(_ overrides: String...) throws -> [[String]: Int] {
    let trial = try Inspector(blobs(overrides, cache: cache)).trial()
    #expect(trial.kinds.allSatisfy { $0.seconds > 0 })
    let total = trial.kinds.reduce(0) { $0 + $1.seconds * Double($1.count) }
    #expect(abs(trial.trainingSeconds - total) < 1e-9)
    #expect(trial.steps == trial.kinds.reduce(0) { $0 + $1.count })
    return Dictionary(uniqueKeysWithValues: trial.kinds.map { ($0.heads, $0.count) })
  }

  /// Eight epochs of passes of five steps; the main head begins in the fifth.
  @Test func aHeadCountsFromItsBeginning() throws {
    let inTurn = ["training.scheme=inTurn", "heads.main.start=0.5"]
    #expect(try steps(inTurn[0], inTurn[1]) == [["auxiliary"]: 40, ["main"]: 20])
    #expect(try Inspector(blobs(inTurn, cache: cache)).trial().stepsPerEpoch == 10)
    #expect(try steps("heads.main.start=0.5") == [["auxiliary"]: 20, ["main", "auxiliary"]: 20])
    #expect(try steps("training.scheme=inTurn") == [["auxiliary"]: 40, ["main"]: 40])
    #expect(try steps("heads.auxiliary.start=0.25") == [["main"]: 10, ["main", "auxiliary"]: 30])
  }

  @Test func epochsOfInitialisationsThatAreGivenUpCount() throws {
    // Of the epochs two and six; of those of either other initialisation two and one.
    let found = try steps("heads.main.start=0.25", "training.restarts={count: 3, epochs: 3}")
    #expect(found == [["auxiliary"]: 30, ["main", "auxiliary"]: 40])
  }

  @Test func theStartFromMergedClustersIsNoStep() throws {
    let found = try steps("heads.main.start=0.5", "heads.main.startFrom=auxiliary")
    #expect(found == [["auxiliary"]: 20, ["main", "auxiliary"]: 20])
  }

  @Test func oneStepIsEnough() throws {
    let trial = try Inspector(blobs(["training.epochs=1", "data.count=60"], cache: cache)).trial()
    #expect(trial.stepsPerEpoch == 1 && trial.steps == 1)
    #expect(trial.secondsPerStep > 0)
  }

  @Test func tooFewItemsAreNotJudged() throws {
    #expect(try Inspector(blobs(["data.count=7"] + small, cache: cache)).pairs() == nil)
    #expect(try Inspector(blobs(["data.count=8"] + small, cache: cache)).pairs()?.pairs == 8)
  }

  @Test func aSmallBatchDoesNotChangeWhatIsSeen() throws {
    let (few, many) = (try pairs("training.batch=16"), try pairs())
    #expect(few.pairs == many.pairs)
    #expect(abs(few.features.auc - many.features.auc) < 1e-6)
  }

  private var small: [String] { ["training.batch=4"] }
}
