import Testing
import TestSupport
import Torch

@testable import IICCore

/// What scikit-learn says of the same points: see Fixtures/make_probes.py.
private struct Probes: Decodable {
  struct Linear: Decodable {
    let c, accuracy: Double
    let predicted: [Int]
  }

  struct Neighbours: Decodable {
    let k: Int
    let accuracy: Double
    let predicted: [Int]
  }

  struct Spreading: Decodable {
    let count: Int
    let predicted: [Int]
  }

  let train, test: [[Float]]
  let trainClasses, testClasses: [Int]
  let linear: [Linear]
  let neighbours: [Neighbours]
  let spreading: [Spreading]

  func tensor(_ points: [[Float]]) throws -> Tensor { try Tensor(points.flatMap { $0 }, shape: [points.count, 6]) }

  func accuracy(_ found: [Int]) -> Double {
    Double(zip(found, testClasses).count { $0 == $1 }) / Double(testClasses.count)
  }
}

@Suite struct FeatureProbeTests {
  private let probes: Probes

  init() throws { probes = try fixtures.json("probes.json") }

  /// Both stop a little before the optimum, so that a point on a border may fall on either side.
  @Test func theLinearClassifierIsScikitLearns() throws {
    for known in probes.linear {
      let classifier = try LinearClassifier(
        probes.tensor(probes.train), classes: probes.trainClasses, classCount: 3, regularisation: known.c)
      let found = try classifier(probes.tensor(probes.test))
      #expect(classifier.hasConverged)
      #expect(zip(found, known.predicted).count { $0 != $1 } <= 1, "C \(known.c)")
      #expect(abs(probes.accuracy(found) - known.accuracy) <= 1 / 200.0)
    }
    // The points overlap, and the penalty matters.
    #expect(Set(probes.linear.map(\.accuracy)).count > 1 && probes.linear.allSatisfy { $0.accuracy < 1 })
  }

  @Test func theNeighboursAreScikitLearns() throws {
    for known in probes.neighbours {
      let classifier = try NeighbourClassifier(
        probes.tensor(probes.train), classes: probes.trainClasses, classCount: 3, neighbours: known.k)
      #expect(classifier.neighbours == min(known.k, 120))
      #expect(try classifier(probes.tensor(probes.test)) == known.predicted, "k \(known.k)")
    }
  }

  /// Both iterate, and stop a little before the end, so that a point on a border may fall on either side.
  @Test func spreadingIsScikitLearns() throws {
    let graph = try LabelSpreading(probes.tensor(probes.train + probes.test))
    for known in probes.spreading {
      let found = graph(
        rows: Array(0..<known.count), classes: Array(probes.trainClasses.prefix(known.count)), classCount: 3)
      #expect(zip(found, known.predicted).count { $0 != $1 } <= 2, "\(known.count) labels")
    }
    #expect(Set(probes.spreading.map(\.predicted)).count == 3)
  }

  @Test func whatNoPathLeadsToHasNoClass() throws {
    // Two groups at a right angle, each of 30.
    let values: [[Float]] = (0..<60).map { $0 < 30 ? [1, Float($0) / 1000] : [Float(-$0) / 1000, 1] }
    let points = try Tensor(values.flatMap { $0 }, shape: [60, 2])
    let found = try LabelSpreading(points)(rows: [3], classes: [1], classCount: 2)
    #expect(found[0..<30].allSatisfy { $0 == 1 } && found[30..<60].allSatisfy { $0 == nil })
  }

  @Test func featuresThatDoNotFitAreRefused() throws {
    let points = try probes.tensor(probes.train)
    for classes in [[0, 1], probes.trainClasses.map { $0 + 1 }] {
      #expect(throws: TorchError.self) { try LinearClassifier(points, classes: classes, classCount: 3) }
      #expect(throws: TorchError.self) {
        try NeighbourClassifier(points, classes: classes, classCount: 3, neighbours: 5)
      }
    }
  }
}
