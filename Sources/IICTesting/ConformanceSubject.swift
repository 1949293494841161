import Foundation
import IICCore
import Manifest
import Torch

/// The modality's data opened in a folder of its own, which goes when this does.
final class ConformanceSubject {
  let folder: URL
  let experiment: Experiment

  init(_ conformance: ModalityConformance, overrides: [String], write: (URL) throws -> Void) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "iic-conformance-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try write(folder)
      let document = try conformance.document(in: folder, overrides: overrides)
      let cache = SampleCache(folder: folder.appending(path: "cache"))
      experiment = try Experiment(document, registry: Registry([conformance.modality]), cache: cache)
    } catch {
      try? FileManager.default.removeItem(at: folder)
      throw error
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var modality: any Modality { experiment.configuration.modality }
  var dataset: Dataset { experiment.dataset }

  /// A few items, of those that have a partner if items have partners. Seven divide into no usual batch.
  func items(_ count: Int = 7) -> ArraySlice<Int> {
    let all = Array(0..<dataset.count)
    return (dataset.partners.map { all.filter($0.has) } ?? all).prefix(count)
  }

  func samples(_ count: Int = 7) throws -> Tensor { try dataset.samples(at: items(count)) }

  /// Pairs of the first items as training draws them.
  func pair(seed: Int = 1, repeats: Int = 2, count: Int = 7) throws -> ViewPair {
    try PairSource(modality, dataset, device: .cpu)
      .pairs(of: items(count), repeats: repeats, random: RandomStream(seed: seed))
  }

  func encoder(seed: Int = 1) throws -> FeatureEncoder {
    try modality.encoder(
      sampleShape: dataset.description.shape, generator: RandomStream(seed: seed).generator())
  }
}

extension ModalityConformance {
  /// Opens the data in a folder of its own.
  func open(overrides: [String] = []) throws -> ConformanceSubject {
    try ConformanceSubject(self, overrides: overrides, write: write)
  }

  /// The manifest for a folder, which `$FOLDER` in overrides stands for. One thread and float32 make results comparable.
  func document(in folder: URL, overrides: [String] = []) throws(ManifestError) -> ManifestDocument {
    let path = folder.path(percentEncoded: false)
    return try ManifestDocument(
      text: manifest, source: "conformance.yaml", folder: path,
      overrides: overrides.map { $0.replacing("$FOLDER", with: path) }
        + ["training.precision=float32", "training.threads=1", "training.device=cpu"])
  }
}

extension Tensor {
  /// Whether all elements are finite.
  func isAllFinite() throws -> Bool { try isFinite().to(.float32).min().item() == 1 }

  /// Whether shape and every element are the same.
  func isEqual(to other: Tensor) throws -> Bool { try shape == other.shape && doubles() == other.doubles() }
}
