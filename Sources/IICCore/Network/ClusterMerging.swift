import Dispatch
import Foundation
import Torch

/// Merges clusters until few are left, each time the two whose union loses least information between paired views
/// (the agglomerative information bottleneck of Slonim and Tishby, 1999, on the objective's joint):
///
///     I_lambda = sum_ij f(P_ij) - 2 lambda sum_i f(P_i),   f(x) = x ln x
///
/// Losses that differ by less than 1e-12 nats, the size of rounding, are a tie: the first pair is merged.
struct ClusterMerging {
  /// The group of each cluster, counted from 0.
  let groups: [Int]
  /// The mass of each cluster before merging; they add up to 1.
  let masses: [Double]

  /// Merges the clusters of a joint `[K', K']` of any scale into `count` groups, for the objective with `lambda`.
  ///
  /// What is found does not depend on the number of threads. `check` is called every second or so, on this thread;
  /// what it throws ends the merging.
  init(
    joint: [Double], into count: Int, lambda: Double = 1, threads: Int = Runtime.threads,
    check: () throws -> Void
  ) rethrows {
    let table = MergingTable(joint, lambda: lambda, threads: threads)
    masses = table.masses
    try table.computeCosts(check)
    while table.left.count > max(count, 1) {
      try check()
      table.mergeCheapest()
    }
    let places = Dictionary(uniqueKeysWithValues: zip(table.left, 0...))
    groups = table.groups.map { places[$0] ?? 0 }
  }
}
