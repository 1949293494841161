import Foundation
import Manifest
import Testing
import Torch
import VectorModality

@testable import IICCore

/// What was fitted to a run's vectors is the run's, whatever data it is used on.
@Suite struct FittedTests {
  private let folder: Workspace

  init() throws {
    folder = try Workspace()
    // Means 3 and 30, deviations 2 and 10, over many rows.
    let rows = (0..<40).map {
      "\(3 + ($0 % 2 == 0 ? 2 : -2)),\(30 + ($0 % 4 < 2 ? 10 : -10)),\($0 % 2 == 0 ? "dog" : "cat")"
    }
    try folder.write("x,y,kind\n" + rows.joined(separator: "\n"), to: "a.csv")
    try folder.write("x,y,kind\n5,40,cat\n1,20,dog\n3,30,emu\n4,35,dog\n", to: "b.csv")
  }

  private func experiment(_ name: String, fitted: FittedState? = nil) throws -> Experiment {
    let text = """
      name: fitted
      modality: vector
      data: {source: \(name), format: csv, labels: kind, pairs: itself}
      encoder: {hidden: 8}
      heads: {main: {clusters: 2}}
      training: {epochs: 2, batch: 12, threads: 1, precision: float32}
      """
    return try Experiment(
      ManifestDocument(text: text, folder: folder.url.path(percentEncoded: false)),
      registry: Registry([VectorModality.self]), cache: folder.cache, fitted: fitted)
  }

  private let expected: [Double] = [1, 1, -1, -1, 0, 0, 0.5, 0.5]

  @Test func otherVectorsAreMovedByTheRunsMeans() throws {
    let fitted = try experiment("a.csv").data.fitted
    let other = try experiment("b.csv", fitted: fitted).dataset
    let found = try other.samples(at: [0, 1, 2, 3]).doubles()
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(found)")
    // Their own means are others.
    let own = try experiment("b.csv").dataset.samples(at: [0, 1, 2, 3]).doubles()
    #expect(zip(own, expected).contains { abs($0 - $1) > 0.1 })
    // Classes keep their numbers by their names; a new one comes behind.
    #expect(other.description.classNames == ["cat", "dog", "emu"] && other.labels == [0, 1, 2, 1])
  }

  /// The run's own data is not decoded again.
  @Test func theSameDataIsOneEntryOfTheCache() throws {
    let first = try experiment("a.csv")
    let count = folder.cache.entries().count
    let again = try experiment("a.csv", fitted: first.data.fitted)
    #expect(try again.dataset.samples(at: [0, 1]).floats() == first.dataset.samples(at: [0, 1]).floats())
    #expect(folder.cache.entries().count == count)
  }

  @Test func aRunOpensOtherDataFromItsFolder() throws {
    let place = try RunFolder.create(at: folder.url.appending(path: "run").path(percentEncoded: false))
    _ = try TrainingRun(experiment("a.csv"), in: place).start()
    let source = folder.url.appending(path: "b.csv").path(percentEncoded: false)
    let run = try FinishedRun(
      at: place.path, overrides: ["data.source=\(source)"], registry: Registry([VectorModality.self]),
      cache: folder.cache)
    let found = try run.experiment.dataset.samples(at: [0, 1, 2, 3]).doubles()
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(found)")
    #expect(run.warnings.contains { $0.contains("the data are not those") })
    // The same from its folder alone, without what the cache has.
    try FileManager.default.removeItem(at: folder.url.appending(path: "cache"))
    let same = try FinishedRun(at: place.path, registry: Registry([VectorModality.self]), cache: folder.cache)
    #expect(same.experiment.dataset.count == 40 && same.warnings.isEmpty)
  }

  @Test func vectorsOfAnotherWidthAreRefused() throws {
    let fitted = try experiment("a.csv").data.fitted
    try folder.write("x,kind\n1,cat\n2,dog\n3,cat\n4,dog\n", to: "c.csv")
    let error = #expect(throws: (any Error).self) { try experiment("c.csv", fitted: fitted) }
    #expect(error.map { "\($0)" }?.contains("found vectors of 1 numbers; the run's have 2") == true)
  }
}
