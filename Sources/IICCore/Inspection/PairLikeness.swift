import Files
public import Torch

/// How alike the two sides of pairs are, against two items drawn at random.
///
/// Vectors are standardised over all items and both sides: each dimension has mean 0 and variance 1, so that what
/// all items share counts for nothing. Two vectors are as alike as their cosine says.
public struct PairLikeness: Sendable, Encodable {
  /// n, the number of pairs that were compared.
  public let pairs: Int
  /// The mean cosine of the two sides of a pair.
  public let pairedCosine: Double
  /// The mean cosine of a side of one pair and the other side of another.
  public let randomCosine: Double
  /// The chance that a pair is more alike than two random items (the area under the ROC curve): 0.5 tells nothing
  /// apart, 1 always does.
  public let auc: Double
  /// The ends of the interval in which the area over all pairs is with a certainty of 99 %.
  public let aucLow, aucHigh: Double
  /// The standard error of the area, by leaving out one pair after the other (the jackknife).
  public let standardError: Double

  private enum CodingKeys: String, CodingKey {
    case pairs, auc
    case aucLow = "auc_low"
    case aucHigh = "auc_high"
    case pairedCosine = "paired_cosine"
    case randomCosine = "random_cosine"
    case standardError = "auc_standard_error"
  }

  /// A normal variable is within so many deviations of its mean with a certainty of 99 %.
  private static let deviations = 2.5758

  /// Whether pairs cannot be told from random ones: the interval reaches down to 0.5.
  public var isChance: Bool { aucLow <= 0.5 }

  /// Compares one side with the other, both `[n, D]`, where rows of the same place are a pair. Needs two pairs.
  public init(_ one: Tensor, _ other: Tensor) throws(TorchError) {
    guard one.shape.count == 2, one.shape == other.shape, one.shape[0] > 1 else {
      throw TorchError(
        operation: "PairLikeness", message: "expected [n, D] twice, n > 1; found \(one.shape) and \(other.shape)")
    }
    pairs = one.shape[0]
    // What float32 cannot tell apart is a tie, whatever the order in which a processor adds.
    let cosines = try Self.cosines(one, other).map { ($0 * 1e6).rounded() / 1e6 }
    let area = RankArea(cosines, pairs)
    pairedCosine = area.paired.reduce(0, +) / Double(area.paired.count)
    randomCosine = area.random.reduce(0, +) / Double(area.random.count)
    (auc, standardError) = (area.value, area.standardError)
    aucLow = max(0, auc - Self.deviations * standardError)
    aucHigh = min(1, auc + Self.deviations * standardError)
  }

  /// The cosine of each row of one side with each of the other, `[n, n]`, in row-major order. A dimension that varies by
  /// no more than float32's rounding is as good as dropped.
  private static func cosines(_ one: Tensor, _ other: Tensor) throws(TorchError) -> [Double] {
    let (n, width) = (one.shape[0], one.shape[1])
    var products = try Tensor.full([n, n], 0, dtype: .float64)
    var squares = try Tensor.full([2 * n, 1], 0, dtype: .float64)
    // Few dimensions at a time, so that what is computed in float64 needs little memory.
    let step = max(1, (1 << 21) / n)
    for start in stride(from: 0, to: width, by: step) {
      let range = start..<min(start + step, width)
      let rows = try Tensor.concatenated([one.sliced(range, along: 1), other.sliced(range, along: 1)], along: 0)
        .to(.float64)
      let mean = try rows.mean([0], keepingDimensions: true)
      let centred = try rows - mean
      let variance = try (centred * centred).mean([0], keepingDimensions: true) + mean * mean * 1e-12 + 1e-300
      let scaled = try (centred / variance.sqrt()).to(.float32)
      squares = try squares + (scaled * scaled).sum([1], keepingDimensions: true).to(.float64)
      products =
        try products
        + scaled.sliced(0..<n).matmul(scaled.sliced(n..<(2 * n)).transposed()).to(.float64)
    }
    let lengths = try squares.sqrt().clamped(min: 1e-6)  // [2 n, 1]
    return try (products / lengths.sliced(0..<n) / lengths.sliced(n..<(2 * n)).transposed()).doubles()
  }
}

/// The area under the ROC curve of n pairs against the n (n - 1) random ones that are made of their sides.
struct RankArea {
  let paired, random: [Double]
  /// The part of all comparisons that a pair wins; a tie is half a win.
  let value: Double
  /// By the jackknife over the pairs: leaving one out takes away its own value and the random ones of its sides.
  let standardError: Double

  /// Takes the values `[n, n]` of each first side with each second one; those of pairs are on the diagonal.
  init(_ values: [Double], _ n: Int) {
    let paired = (0..<n).map { values[$0 * n + $0] }
    let random = values.indices.filter { $0 / n != $0 % n }.map { values[$0] }
    (self.paired, self.random) = (paired, random)
    let (sortedPaired, sortedRandom) = (paired.sorted(), random.sorted())
    func below(_ value: Double, _ sorted: [Double]) -> Double {
      Double(sorted.partitioningIndex { $0 >= value } + sorted.partitioningIndex { $0 > value }) / 2
    }
    let count = Double(n)
    let won = paired.map { below($0, sortedRandom) }
    let total = won.reduce(0, +)
    value = total / (count * count * (count - 1))
    guard n > 2 else {
      standardError = 0.5
      return
    }
    // For each pair what its random values lose to all pairs, and of that to itself.
    var lost = [Double](repeating: 0, count: n)
    var own = [Double](repeating: 0, count: n)
    for row in 0..<n {
      for column in 0..<n where row != column {
        let value = values[row * n + column]
        let above = count - below(value, sortedPaired)
        for pair in [row, column] {
          lost[pair] += above
          own[pair] += paired[pair] > value ? 1 : paired[pair] == value ? 0.5 : 0
        }
      }
    }
    let left = (0..<n).map { (total - won[$0] - lost[$0] + own[$0]) / ((count - 1) * (count - 1) * (count - 2)) }
    let mean = left.reduce(0, +) / count
    standardError = ((count - 1) / count * left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }).squareRoot()
  }
}

extension Array {
  /// The first place whose element meets a condition that holds from some place on.
  fileprivate func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
