import Files
import Foundation
import Testing
import Torch

@testable import IICCore

/// The sub-head whose clusters are a run's is chosen once.
@Suite struct ChosenSubheadTests {
  let runs: RunFixture
  let place: RunFolder

  init() throws {
    runs = try RunFixture()
    place = runs.place("run")
    try runs.run("run")
  }

  private func result() throws -> TrainingRun.Result {
    try JSONDecoder().decode(TrainingRun.Result.self, from: Data(contentsOf: place.evaluation))
  }

  @Test func itIsReadBackFromTheRun() throws {
    let result = try result()
    #expect(result.lastSHA256 == (try SHA256.hash(of: place.lastWeights)))
    #expect(result.bestSHA256 == (try SHA256.hash(of: place.bestWeights)))
    for (best, figures) in [(false, result.last), (true, result.best)] {
      let found = place.chosenSubhead(best: best, of: 2)
      #expect(found.subhead == figures.byLoss.subhead && found.problem == nil)
    }
  }

  /// Whatever the losses are on other items, figures and clusters are of the sub-head that was chosen.
  @Test(arguments: [0, 1]) func otherItemsDoNotChangeIt(subhead: Int) throws {
    let other = try runs.experiment(["data.count=90", "data.classes=2", "training.batch=60"])
    let network = try other.makeNetwork(weights: place.lastWeights)
    let assignments = try other.assignments(of: network, subhead: subhead)
    let report = try other.report(on: .items(assignments))
    #expect(assignments.chosen == subhead && report.byLoss.subhead == subhead)
    #expect(report.byLoss.loss == assignments.losses[subhead])
    #expect(report.clusterCounts == (0..<3).map { k in assignments.clusters[subhead].count { $0 == k } })
    let free = try other.report(of: network)
    #expect(free.byLoss.subhead == assignments.bestByLoss)
  }

  @Test func whereItIsNotKnownThatIsSaid() throws {
    let anew = "the sub-head is chosen anew, by its loss over the items evaluated: clusters may have other numbers"
    // Weights of a training that went on.
    try runs.flip(place.lastWeights)
    let gone = place.chosenSubhead(best: false, of: 2)
    #expect(gone.subhead == nil)
    #expect(gone.problem == "\(place.path)/evaluation.json is not of weights.safetensors; \(anew)")
    #expect(place.chosenSubhead(best: true, of: 2).problem == nil)
    try Data("{}".utf8).write(to: place.evaluation)
    #expect(
      place.chosenSubhead(best: true, of: 2).problem == "\(place.path)/evaluation.json cannot be read; \(anew)")
    try FileManager.default.removeItem(at: place.evaluation)
    #expect(
      place.chosenSubhead(best: true, of: 2).problem
        == "\(place.path) has no evaluation.json, which names the run's sub-head; \(anew)")
  }

  /// Runs of programs that wrote no hash of the weights.
  @Test func figuresWithoutAHashAreTaken() throws {
    let text = try String(contentsOf: place.evaluation, encoding: .utf8)
    let lines = text.split(separator: "\n").filter { !$0.contains("weights_sha256") }
    #expect(lines.count == text.split(separator: "\n").count - 2)
    try Data(lines.joined(separator: "\n").replacing(",\n}", with: "\n}").utf8).write(to: place.evaluation)
    let found = place.chosenSubhead(best: false, of: 2)
    let chosen = try result().last.byLoss.subhead
    #expect(found.problem == nil && found.subhead == chosen)
    // A head of fewer sub-heads cannot be meant.
    #expect(place.chosenSubhead(best: false, of: 0).subhead == nil)
  }
}
