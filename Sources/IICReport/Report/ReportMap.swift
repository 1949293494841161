import Foundation
import IICCore
import Torch

/// The plane of a report: all items, or as many as a browser draws at ease.
struct ReportMap {
  private static let mostPoints = 50_000, mostNamed = 20_000
  /// Of more items no map of all is computed for a report alone.
  private static let mostMapped = 100_000

  private let run: FinishedRun
  private let clusters: RunClusters

  init(_ run: FinishedRun, _ clusters: RunClusters) {
    self.run = run
    self.clusters = clusters
  }

  /// Nil of items too few to have neighbours.
  func content() throws -> ReportContent.Map? {
    let count = clusters.items.count
    guard count >= 20 else { return nil }
    // Every m-th item of a random order would do; this one needs no order to be kept.
    let shown = count <= Self.mostPoints ? Array(0..<count) : Self.spread(Self.mostPoints, of: count)
    var places: [Float]
    if count <= Self.mostMapped {
      let all = try RunMap.places(of: run)
      places = shown.flatMap { [all[2 * $0], all[2 * $0 + 1]] }
    } else {
      let inputs = try run.experiment.headInputs(of: run.network, shown.map { clusters.items[$0] })
      places = try NeighbourMap(inputs, seed: run.experiment.configuration.training.seed).places
    }
    let xs = Self.scaled(stride(from: 0, to: places.count, by: 2).map { places[$0] })
    let ys = Self.scaled(stride(from: 1, to: places.count, by: 2).map { places[$0] })
    let description = run.experiment.dataset.description
    return ReportContent.Map(
      shown: shown.count, of: count, x: Self.text(xs), y: Self.text(ys),
      main: Self.text(shown.map { UInt16(clusters.main[$0]) }),
      auxiliary: clusters.auxiliary.isEmpty ? "" : Self.text(shown.map { UInt16(clusters.auxiliary[$0]) }),
      ids: shown.count <= Self.mostNamed ? shown.map { description.ids[clusters.items[$0]] } : [])
  }

  /// Places evenly spread over 0..<count.
  private static func spread(_ number: Int, of count: Int) -> [Int] { (0..<number).map { $0 * count / number } }

  private static func scaled(_ values: [Float]) -> [UInt16] {
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    return values.map { UInt16((($0 - low) / max(high - low, .leastNormalMagnitude) * 65535).rounded()) }
  }

  private static func text(_ values: [UInt16]) -> String {
    values.map(\.littleEndian).withUnsafeBytes { Data($0) }.base64EncodedString()
  }
}
