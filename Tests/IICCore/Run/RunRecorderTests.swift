import Files
import Foundation
import Testing
import Torch

@testable import IICCore

@Suite struct RunRecorderTests {
  let runs: RunFixture

  init() throws { runs = try RunFixture() }

  /// Of two initialisations the second is chosen; the first had a lower loss in between.
  @Test func theBestWeightsAreOfTheInitialisationThatGoesOn() throws {
    let experiment = try runs.experiment(["training.restarts={count: 2, epochs: 1}"])
    let place = try RunFolder.create(at: runs.place("run").path)
    let recorder = RunRecorder(experiment, place)
    let trainer = try experiment.trainer()
    let state = try trainer.initialState()
    func endEpoch(_ epoch: Int, loss: Double) throws {
      state.current.record = EpochRecord(restart: state.current.restart, epoch: epoch)
      (state.current.epoch, state.current.loss) = (epoch + 1, loss)
      try recorder.see(.epoch(state.current.record, state))
    }
    try endEpoch(0, loss: -5)
    try recorder.finish()
    #expect(recorder.best.position.loss == nil)
    #expect(!FileManager.default.fileExists(atPath: place.bestWeights.path))

    state.isTrying = false
    (state.current.epoch, state.current.loss) = (1, -1)
    try recorder.see(.chosen(restart: 0, loss: -1, state))
    try recorder.finish()
    let chosen = try Data(contentsOf: place.bestWeights)
    #expect(recorder.best.position.loss == -1 && recorder.best.position.epoch == 0)

    let weight = try #require(state.current.network.parameters.first)
    try weight.assign(weight * 2)
    try endEpoch(1, loss: -0.5)
    try recorder.finish()
    #expect(recorder.best.position.epoch == 0)
    #expect(try Data(contentsOf: place.bestWeights) == chosen)
    try endEpoch(2, loss: -2)
    try recorder.finish()
    #expect(recorder.best.position.epoch == 2)
    #expect(try Data(contentsOf: place.bestWeights) != chosen)
  }

  /// A run of initialisations alone ends with the weights of the chosen one.
  @Test func aRunMayEndWithTheChoice() throws {
    let restarts = ["training.epochs=1", "training.restarts={count: 3, epochs: 1}"]
    let files = try runs.run("run", restarts)
    #expect(files["best.safetensors"] == files["weights.safetensors"])
    #expect(try runs.run("run", restarts, resuming: true) == files)
  }

  /// A step a second after the last checkpoint: that is a sixtieth of a minute, and more than a hundredth.
  @Test(arguments: [(1, false), (0.01, true)])
  func theTimeBetweenCheckpointsIsInMinutes(minutes: Double, isOver: Bool) throws {
    let experiment = try runs.experiment(["checkpoint={minutes: \(minutes)}"])
    let place = try RunFolder.create(at: runs.place("run").path)
    let recorder = RunRecorder(experiment, place)
    let state = try experiment.trainer().initialState()
    usleep(1_100_000)
    try recorder.see(.step(1, of: 5, state))
    try recorder.finish()
    #expect(FileManager.default.fileExists(atPath: place.checkpoints.path) == isOver)
  }

  /// While a checkpoint is written, one with new best weights waits, and a later one without takes its place. The record
  /// of metrics is a pipe, which holds the writer up until it is opened.
  @Test func bestWeightsOfACheckpointThatIsNotWrittenAreThoseOfTheNext() throws {
    let experiment = try runs.experiment()
    let place = try RunFolder.create(at: runs.place("run").path)
    let path = place.metrics.path(percentEncoded: false)
    try #require(mkfifo(path, 0o600) == 0)
    let recorder = RunRecorder(experiment, place)
    let state = try experiment.trainer().initialState()
    try recorder.checkpoint(state)
    usleep(200_000)
    state.current.loss = -1
    try recorder.see(.chosen(restart: 0, loss: -1, state))
    try recorder.checkpoint(state)
    try recorder.checkpoint(state)
    let pipe = open(path, O_RDWR | O_CLOEXEC)
    try #require(pipe >= 0)
    defer { close(pipe) }
    try recorder.finish()
    let newest = try runs.newest("run")
    let best = try #require(newest.best)
    #expect(try SHA256.hash(of: best) == newest.state.bestWeights.sha256)
    #expect(try Data(contentsOf: best) == Data(contentsOf: place.bestWeights))
  }

  /// Weights that a last step has spoilt replace nothing, and the message names the step that did it.
  @Test func anEpochThatIsNotFiniteLeavesNothing() throws {
    let experiment = try runs.experiment()
    let place = try RunFolder.create(at: runs.place("run").path)
    let recorder = RunRecorder(experiment, place)
    let trainer = try experiment.trainer()
    let error = #expect(throws: UserError.self) {
      _ = try trainer.train(trainer.initialState()) { event in
        guard case .epoch(_, let state) = event, let weight = state.current.network.parameters.first else { return }
        try weight.assign(weight * Double.nan)
        try recorder.see(event)
      }
    }
    try recorder.finish()
    let message = try #require(error?.description)
    #expect(
      message.contains(" is not finite (epoch 1, step 5); checkpoints from before are intact; "), "\(message)")
    for file in [place.metrics, place.timing, place.bestWeights, place.checkpoints] {
      #expect(!FileManager.default.fileExists(atPath: file.path), "\(file.lastPathComponent)")
    }
  }

  @Test func metricsSayHowClustersAreUsed() throws {
    struct Line: Decodable { let usage: ClusterUsage.Figures }
    let experiment = try runs.experiment(["training.epochs=16"])
    let place = try RunFolder.create(at: runs.place("run").path)
    var seen: [ClusterUsage.Figures] = []
    _ = try TrainingRun(experiment, in: place).start(observe: { event in
      if case .epoch(let record, _) = event { seen.append(try #require(record.usageFigures)) }
    })
    let lines = try String(contentsOf: place.metrics, encoding: .utf8).split(separator: "\n")
    let found = try lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)).usage }
    #expect(found.count == 16 && found.map(\.clustersInUse) == seen.map(\.clustersInUse))
    #expect(found.map(\.entropy) == seen.map(\.entropy) && found.map(\.agreement) == seen.map(\.agreement))
    // Blobs of equal size, found by both sub-heads.
    let last = try #require(found.last)
    #expect(last.clustersInUse == 3 && last.entropy > 0.9 && last.entropy <= 1 + 1e-12)
    #expect(lines.last?.contains("\"clusters_in_use\":3") == true)
    #expect(lines.last?.contains("\"clusters_with_items\":3,") == true)
    #expect(lines.last?.contains("\"clusters_with_items_by_subhead\":[") == true)
    #expect(last.clustersWithItems == 3 && last.clustersWithItemsBySubhead.count == 2 && last.spread > 1)
    #expect(found.map(\.clustersWithItemsBySubhead) == seen.map(\.clustersWithItemsBySubhead))
  }
}
