import Files
import Foundation
import Torch

/// What speaks for each number of clusters, by one run and no label.
///
/// The auxiliary head has clusters to spare. Merged step by step, each time the two whose union loses least information
/// between paired views, they give clusterings of every number k: one by each sub-head, and again by each half of the pairs.
/// Where k is right, sub-heads that began with other weights, and halves of the data, come to the same clusters.
public struct ClusterSweep: Sendable {
  /// What speaks for one k.
  public struct Evidence: Sendable, Encodable {
    /// The number of clusters.
    public let k: Int
    /// The information between paired views, over its most, ln k.
    public let information: Double
    /// How well sub-heads agree: the mean adjusted Rand index of two.
    public let subheads: Double
    /// How well merges by halves of the pairs agree, the mean over sub-heads.
    public let halves: Double
    /// The least and the largest share of items in a cluster, of the sub-head that agrees best with the others.
    public let smallest: Double, largest: Double

    /// What is compared between numbers.
    public var stability: Double { (subheads + halves) / 2 }
  }

  /// A merge on the way down, of the first sub-head: two clusters of the auxiliary head, by the lowest of their members.
  public struct Merge: Sendable, Encodable {
    /// How many were left afterwards.
    public let left: Int
    /// The one that is kept, and the one that becomes a part of it.
    public let kept, gone: Int
  }

  /// The numbers, ascending.
  public let evidence: [Evidence]
  /// The merges of the first sub-head down to the least number, the first one first.
  public let merges: [Merge]
  /// The k that stands out; nil if none does.
  public let recommended: Int?

  /// By so much must a number be more stable than those around it, and so stable must it be.
  private static let leastLead = 0.02, leastStability = 0.5
  /// So many numbers to either side are compared with.
  private static let reach = 3

  /// Looks at the numbers of `range` by a run. Throws unless it has an auxiliary head of more clusters and of two sub-heads
  /// or more.
  public init(_ run: FinishedRun, _ range: ClosedRange<Int>) throws {
    guard let head = run.experiment.configuration.heads.auxiliary, !run.network.isDense else {
      throw UserError(
        "\(run.folder.path): has no auxiliary head of items, whose clusters are merged to see which k fits")
    }
    guard head.subheads > 1, range.upperBound < head.clusters else {
      throw UserError(
        "found \(head.clusters) clusters in \(head.subheads) sub-heads of the auxiliary head; expected more than "
          + "\(range.upperBound) in two or more")
    }
    let found = try Found(run, head)
    let descents = found.joints.map { Self.descend($0, range) }
    let paths = descents.map(\.groups)
    let halves = found.halves.map { $0.map { Self.descend($0, range).groups } }
    evidence = try range.enumerated().map { step, k in
      let clusterings = found.clusters.enumerated().map { subhead, clusters in
        clusters.map { paths[subhead][step][$0] }
      }
      let agreements = try Self.agreements(clusterings)
      let byHalves = try found.clusters.enumerated().map { subhead, clusters in
        try Self.agreement(
          clusters.map { halves[0][subhead][step][$0] }, clusters.map { halves[1][subhead][step][$0] })
      }
      let best = agreements.indices.max { agreements[$0] < agreements[$1] } ?? 0
      let sizes = Dictionary(grouping: clusterings[best], by: { $0 }).values.map(\.count)
      let information = found.joints.enumerated().map { subhead, joint in
        Self.information(joint, paths[subhead][step], k)
      }
      let count = Double(clusterings[best].count)
      return Evidence(
        k: k, information: information.reduce(0, +) / Double(information.count) / log(Double(k)),
        subheads: agreements.reduce(0, +) / Double(agreements.count),
        halves: byHalves.reduce(0, +) / Double(byHalves.count),
        smallest: sizes.count < k ? 0 : Double(sizes.min() ?? 0) / count, largest: Double(sizes.max() ?? 0) / count)
    }
    merges = descents[0].merges
    recommended = Self.recommendation(evidence)
  }

  /// The number that is more stable than those around it by most; nil unless one is so clearly. The ends of the range have
  /// numbers on one side only, so neither is recommended.
  static func recommendation(_ evidence: [Evidence]) -> Int? {
    let stability = evidence.map(\.stability)
    var best: (k: Int, lead: Double)?
    for place in evidence.indices.dropFirst().dropLast() {
      let own = stability[place]
      guard own >= max(leastStability, stability[place - 1], stability[place + 1]) else { continue }
      let around = evidence.indices.filter { $0 != place && abs($0 - place) <= reach }
      let lead = own - around.reduce(0) { $0 + stability[$1] } / Double(around.count)
      if lead > best?.lead ?? leastLead { best = (evidence[place].k, lead) }
    }
    return best?.k
  }

  /// For each k of a range the group of each cluster when k are left, and the merges down to the range's least.
  private static func descend(_ joint: [Double], _ range: ClosedRange<Int>) -> (groups: [[Int]], merges: [Merge]) {
    let table = MergingTable(joint, lambda: 1, threads: Runtime.threads)
    table.computeCosts {}
    var groups: [[Int]] = [], merges: [Merge] = []
    while true {
      if range.contains(table.left.count) { groups.append(table.groups) }
      guard table.left.count > range.lowerBound else { return (groups.reversed(), merges) }
      let (kept, gone, _) = table.mergeCheapest()
      merges.append(Merge(left: table.left.count, kept: kept, gone: gone))
    }
  }

  /// The information of a joint `[K', K']` whose clusters are grouped, nats.
  private static func information(_ joint: [Double], _ groups: [Int], _ k: Int) -> Double {
    let places = Dictionary(uniqueKeysWithValues: zip(Set(groups).sorted(), 0...))
    let size = groups.count
    var merged = [Double](repeating: 0, count: k * k)
    for row in 0..<size {
      for column in 0..<size {
        let (a, b) = (places[groups[row]] ?? 0, places[groups[column]] ?? 0)
        merged[a * k + b] += (joint[row * size + column] + joint[column * size + row]) / 2
      }
    }
    let total = merged.reduce(0, +)
    let marginals = (0..<k).map { row in (0..<k).reduce(0) { $0 + merged[row * k + $1] } / total }
    var sum = 0.0
    for row in 0..<k {
      for column in 0..<k where merged[row * k + column] > 0 {
        let p = merged[row * k + column] / total
        sum += p * log(p / (marginals[row] * marginals[column]))
      }
    }
    return sum
  }

  private static func agreement(_ one: [Int], _ other: [Int]) throws -> Double {
    ClusteringScores(try ContingencyTable(clusters: one, classes: other)).ari
  }

  /// For each clustering the mean agreement with the others.
  private static func agreements(_ clusterings: [[Int]]) throws -> [Double] {
    var sums = [Double](repeating: 0, count: clusterings.count)
    for one in clusterings.indices {
      for other in 0..<one {
        let value = try agreement(clusterings[one], clusterings[other])
        sums[one] += value
        sums[other] += value
      }
    }
    return sums.map { $0 / Double(clusterings.count - 1) }
  }

  /// What the auxiliary head says of the items.
  private struct Found {
    /// The cluster of each item, by sub-head.
    var clusters: [[Int]]
    /// The joint over pairs `[K', K']` by sub-head: of all, and of either half.
    var joints: [[Double]] = []
    var halves: [[[Double]]] = [[], []]

    init(_ run: FinishedRun, _ head: HeadConfiguration) throws {
      let experiment = run.experiment
      let items = experiment.evaluatedItems
      let configuration = experiment.configuration
      let source = PairSource(configuration.modality, experiment.dataset, device: configuration.training.device)
      let random = RandomStream(seed: configuration.training.seed).child("sweep")
      clusters = Array(repeating: [], count: head.subheads)
      let size = head.clusters * head.clusters
      var sums = [[Double]](repeating: Array(repeating: 0, count: head.subheads * size), count: 2)
      // Eight pieces at least, so that there are two halves of few items, too.
      let description = experiment.dataset.description
      let about = max(1, min(description.batch, items.count / 8))
      let pieces = description.pieces(of: items.shuffledForHalves(random), about: about)
      try withoutGradients { () throws in
        for (place, indices) in pieces.enumerated() {
          let pairs = try source.pairs(of: indices, repeats: 1, random: random.child("views", place))
          let sides = try run.network.outputs(pairs, .evaluation, of: [head.name])
          guard let base = sides.base.heads[head.name], let other = sides.transformed.heads[head.name] else {
            continue
          }
          let part = try InformationLoss.joint(base: base, transformed: other).doubles()
          for index in part.indices { sums[place % 2][index] += part[index] }
        }
        for indices in description.pieces(of: items) {
          let samples = try experiment.dataset.batch(at: indices).to(configuration.training.device)
          let views = try configuration.modality.evaluationViews(of: samples)
          let likely = try run.network.probabilities(views, .evaluation, of: [head.name])[head.name]
          let found = try likely?.sliced(0..<indices.count).argmax(along: 2).transposed().integers() ?? []
          for subhead in 0..<head.subheads {
            clusters[subhead] += found[(subhead * indices.count)..<((subhead + 1) * indices.count)]
          }
        }
      }
      for subhead in 0..<head.subheads {
        let parts = sums.map { Array($0[(subhead * size)..<((subhead + 1) * size)]) }
        halves[0].append(parts[0])
        halves[1].append(parts[1].contains { $0 > 0 } ? parts[1] : parts[0])
        joints.append(zip(parts[0], parts[1]).map { $0 + $1 })
      }
    }
  }
}

extension [Int] {
  /// The items in an order in which any part of them is like all.
  fileprivate func shuffledForHalves(_ random: RandomStream) -> [Int] {
    var numbers = random.child("halves").numbers()
    return numbers.shuffled(self)
  }
}
