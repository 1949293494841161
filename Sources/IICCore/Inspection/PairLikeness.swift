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

  private enum CodingKeys: String, CodingKey {
    case pairs, auc
    case pairedCosine = "paired_cosine"
    case randomCosine = "random_cosine"
  }

  /// The standard error of the area for n pairs that are no more alike than random ones,
  /// `sqrt((2 n + 1) / (12 n^2))` (Hanley and McNeil, 1982), as if there were n random ones.
  public var standardError: Double {
    let n = Double(pairs)
    return ((2 * n + 1) / (12 * n * n)).squareRoot()
  }

  /// Whether pairs cannot be told from random ones by more than two standard errors.
  public var isChance: Bool { auc < 0.5 + 2 * standardError }

  /// Compares one side with the other, both `[n, D]`, where rows of the same place are a pair. Needs two pairs.
  public init(_ one: Tensor, _ other: Tensor) throws(TorchError) {
    guard one.shape.count == 2, one.shape == other.shape, one.shape[0] > 1 else {
      throw TorchError(
        operation: "PairLikeness", message: "expected [n, D] twice, n > 1; found \(one.shape) and \(other.shape)")
    }
    let n = one.shape[0]
    let rows = try Self.directions(Tensor.concatenated([one.to(.float32), other.to(.float32)], along: 0))
    // What float32 cannot tell apart is a tie, whatever the order in which a processor adds.
    let cosines = try rows.sliced(0..<n).matmul(rows.sliced(n..<(2 * n)).transposed()).doubles()  // [n, n]
      .map { ($0 * 1e6).rounded() / 1e6 }
    let paired = (0..<n).map { cosines[$0 * n + $0] }
    let random = cosines.indices.filter { $0 / n != $0 % n }.map { cosines[$0] }.sorted()
    pairs = n
    pairedCosine = paired.reduce(0, +) / Double(n)
    randomCosine = random.reduce(0, +) / Double(random.count)
    // A tie counts one half.
    let won = paired.reduce(0.0) { sum, value in
      let below = random.partitioningIndex { $0 >= value }
      let notAbove = random.partitioningIndex { $0 > value }
      return sum + Double(below + notAbove) / 2
    }
    auc = won / Double(n) / Double(random.count)
  }

  /// Rows `[m, D]` standardised in each dimension, then of length 1. A dimension without variance is dropped.
  private static func directions(_ rows: Tensor) throws(TorchError) -> Tensor {
    let centred = try rows - rows.mean([0], keepingDimensions: true)
    let deviation = try (centred * centred).mean([0], keepingDimensions: true).sqrt()
    let scaled = try centred / deviation.clamped(min: 1e-6)
    return try scaled / (scaled * scaled).sum([1], keepingDimensions: true).sqrt().clamped(min: 1e-6)
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
