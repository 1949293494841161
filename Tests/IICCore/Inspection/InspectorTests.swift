import Testing

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
    experiment.dataset.partners = Partners((0..<300).map { $0 % 3 == 0 ? [($0 + 1) % 300] : [] })
    let inspector = try Inspector(experiment)
    #expect(inspector.data().withPartners == 100)
    #expect(inspector.data().trained == 100)
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
    #expect(trial.trainingSeconds == trial.secondsPerStep * 60)
    #expect(trial.memoryBytes > 1 << 20)
  }

  @Test func oneStepIsEnough() throws {
    let trial = try Inspector(blobs(["training.epochs=1", "data.count=60"], cache: cache)).trial()
    #expect(trial.stepsPerEpoch == 1)
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
