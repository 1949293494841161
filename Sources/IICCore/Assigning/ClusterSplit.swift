import Files
import Torch

extension FinishedRun {
  /// The parts into which a cluster falls, as a split names them: the auxiliary head's clusters within it, merged by what the
  /// pairs of its items say until `count` are left.
  ///
  /// Throws unless the cluster is one of `clusters`, the run's as edits leave them, and items are in each part.
  public func parts(of cluster: Int, into count: Int, in clusters: EditedClusters) throws -> [Int] {
    let subhead = subhead.subhead
    let heads = experiment.configuration.heads
    guard let auxiliary = heads.auxiliary, !network.isDense else {
      throw UserError(
        network.isDense
          ? "\(folder.path): clusters of places cannot be split; merges and names are possible"
          : "\(folder.path): has no auxiliary head, by whose clusters one is split")
    }
    try clusters.check(cluster)
    guard (2...auxiliary.clusters).contains(count) else {
      throw UserError("found \(count) parts; expected 2 to \(auxiliary.clusters), the auxiliary head's clusters")
    }
    let own = auxiliary.subhead(beside: subhead ?? 0)
    let found = try experiment.assignments(
      of: network, subhead: subhead, edited: clusters, auxiliary: (auxiliary.name, own))
    let inside = found.items.indices.filter { found.result[$0] == cluster }
    guard !inside.isEmpty else { throw UserError("cluster \(cluster) has no items to split") }
    let joint = try joint(of: inside.map { found.items[$0] }, auxiliary.name, subhead: own)
    let parts = ClusterMerging(joint: joint, into: count, check: {}).groups
    let used = Set(inside.map { parts[found.auxiliary[$0]] })
    guard used.count == count else {
      throw UserError(
        "cluster \(cluster) does not fall into \(count) parts: the auxiliary head tells \(used.count) apart in it")
    }
    return parts
  }

  /// The joint of a sub-head over pairs of views of items, `[K', K']`.
  private func joint(of items: [Int], _ head: String, subhead: Int) throws -> [Double] {
    let configuration = experiment.configuration
    let source = PairSource(configuration.modality, experiment.dataset, device: configuration.training.device)
    let random = RandomStream(seed: configuration.training.seed).child("split")
    return try withoutGradients { () throws in
      var sum: [Double] = []
      for indices in experiment.dataset.description.pieces(of: items) {
        let pairs = try source.pairs(of: indices, repeats: 1, random: random.child("views", indices.startIndex))
        let sides = try network.outputs(pairs, .evaluation, of: [head])
        guard let base = sides.base.heads[head], let transformed = sides.transformed.heads[head] else { continue }
        let part = try InformationLoss.joint(base: base, transformed: transformed)
          .sliced(subhead..<(subhead + 1)).doubles()
        sum = sum.isEmpty ? part : zip(sum, part).map { $0 + $1 }
      }
      return sum
    }
  }
}
