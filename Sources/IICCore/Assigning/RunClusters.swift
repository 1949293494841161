import Files
import Torch

/// The clusters of a run's items in full: what reports and exports show.
public struct RunClusters {
  /// A merge of two of the auxiliary head's clusters, named by the lowest of their members.
  public struct Merge: Sendable, Encodable {
    /// The one that is kept, and the one that becomes a part of it.
    public let kept, gone: Int
    /// The information between paired views that it loses, nats.
    public let lost: Double
  }

  /// The places of the items in the dataset.
  public let items: [Int]
  /// The sub-head whose clusters they are.
  public let subhead: Int
  /// The cluster of each item by that sub-head, as the network gives it.
  public let main: [Int]
  /// The auxiliary head's cluster of each, by its sub-head beside; empty without such a head.
  public let auxiliary: [Int]
  /// K, and K', 0 without an auxiliary head.
  public let mainCount: Int, auxiliaryCount: Int
  /// The probability of each item's network cluster, and by how much it exceeds the next one's.
  public let probabilities: [Float], margins: [Float]
  /// The clusters as edits leave them.
  public let edited: EditedClusters
  /// The merges of the auxiliary head's clusters down to one, the first one first: each time the two whose union loses least
  /// information. Empty without such a head, or where it has more than 1,000 clusters.
  public let merges: [Merge]
  /// What of it is not known, a line each.
  public let problems: [String]

  /// More are merged in minutes, and are no tree that anybody reads.
  private static let mostMerged = 1000

  /// Looks at the items of a run that clusters items.
  public init(_ run: FinishedRun) throws {
    guard !run.network.isDense else {
      throw UserError("\(run.folder.path): found a run that clusters the places of items; expected one of items")
    }
    let (known, edits, problems) = try run.clusters()
    let configuration = run.experiment.configuration
    let head = configuration.heads.auxiliary
    let own = known ?? 0
    let other = head?.subhead(beside: own) ?? 0
    let items = run.experiment.evaluatedItems
    let mainCount = configuration.heads.main.clusters
    var main: [Int] = [], auxiliary: [Int] = [], likely: [Float] = [], margins: [Float] = []
    var joint: [Double] = []
    let wantsTree = head.map { $0.clusters <= Self.mostMerged } ?? false
    let source = PairSource(configuration.modality, run.experiment.dataset, device: configuration.training.device)
    let random = RandomStream(seed: configuration.training.seed).child("tree")
    let names = [HeadsConfiguration.main] + (head.map { [$0.name] } ?? [])
    try withoutGradients { () throws in
      for indices in run.experiment.evaluationPieces(of: items) {
        let samples = try run.experiment.dataset.samples(at: indices).to(configuration.training.device)
        let views = try configuration.modality.evaluationViews(of: samples)
        let pass = configuration.evaluation.statistics.pass
        let sums = try run.network.probabilities(views, pass, of: names)
        func rows(_ name: String, _ subhead: Int) throws -> Tensor? {
          guard let sum = sums[name] else { return nil }
          return try sum.sliced(subhead..<(subhead + 1), along: 1).reshaped([sum.shape[0], sum.shape[2]])
        }
        guard let found = try rows(HeadsConfiguration.main, own) else { continue }
        main += try found.argmax(along: 1).integers()
        let values = try (found * (1 / Double(views.count))).floats()
        for start in stride(from: 0, to: values.count, by: mainCount) {
          let (first, second) = Self.twoLargest(values[start..<(start + mainCount)])
          likely.append(first)
          margins.append(first - second)
        }
        guard let head else { continue }
        auxiliary += try rows(head.name, other)?.argmax(along: 1).integers() ?? []
        guard wantsTree else { continue }
        let pairs = try source.pairs(of: indices, repeats: 1, random: random.child("views", indices.startIndex))
        let sides = try run.network.outputs(pairs, .evaluation, of: [head.name])
        guard let base = sides.base.heads[head.name], let second = sides.transformed.heads[head.name] else {
          continue
        }
        let part = try InformationLoss.joint(base: base, transformed: second).sliced(other..<(other + 1)).doubles()
        joint = joint.isEmpty ? part : zip(joint, part).map { $0 + $1 }
      }
    }
    (self.items, subhead, edited, self.problems) = (items, own, edits.clusters, problems)
    (self.mainCount, auxiliaryCount) = (mainCount, head?.clusters ?? 0)
    (self.main, self.auxiliary, probabilities, self.margins) = (main, auxiliary, likely, margins)
    merges = joint.isEmpty ? [] : Self.merges(of: joint)
  }

  private static func twoLargest(_ values: ArraySlice<Float>) -> (Float, Float) {
    var (first, second): (Float, Float) = (0, 0)
    for value in values {
      if value > first { (first, second) = (value, first) } else if value > second { second = value }
    }
    return (first, second)
  }

  private static func merges(of joint: [Double]) -> [Merge] {
    let table = MergingTable(joint, lambda: 1, threads: Runtime.threads)
    table.computeCosts {}
    var merges: [Merge] = []
    while table.left.count > 1 {
      let (kept, gone, lost) = table.mergeCheapest()
      merges.append(Merge(kept: kept, gone: gone, lost: lost))
    }
    return merges
  }
}
