import Foundation
public import Torch

/// The class that most of the k nearest labelled items have, by cosine: the k-NN probe.
///
/// A neighbour of cosine s counts exp(s / T), T = 0.07, as the field has it (Wu et al., 2018). With fewer than k labelled
/// items all of them are neighbours.
public struct NeighbourClassifier {
  /// k.
  public let neighbours: Int
  /// T.
  public static let temperature = 0.07
  private let directions: Tensor  // [n, F]
  private let votes: Tensor  // [n, C]
  private let classes: Int

  /// Takes features `[n, F]` of items with classes below `classCount`.
  public init(
    _ features: Tensor, classes labels: [Int], classCount: Int, neighbours: Int
  ) throws(TorchError) {
    try features.checkLabelled(labels, classCount: classCount, for: "NeighbourClassifier")
    self.neighbours = min(neighbours, labels.count)
    classes = classCount
    directions = try Self.directions(features)
    votes = try Tensor.identity(classCount).selecting(Tensor(labels))
  }

  private static func directions(_ features: Tensor) throws(TorchError) -> Tensor {
    let values = try features.to(.float32)
    return try values / (values * values).sum([1], keepingDimensions: true).sqrt().clamped(min: 1e-12)
  }

  /// The class of each row of features `[n, F]`.
  public func callAsFunction(_ features: Tensor) throws(TorchError) -> [Int] {
    let queries = try Self.directions(features)
    let turned = try directions.transposed()
    // As many rows at a time as keep what they are compared with small.
    let rows = max(1, min(4096, (1 << 24) / max(directions.shape[0], neighbours * classes)))
    var found: [Int] = []
    for start in stride(from: 0, to: queries.shape[0], by: rows) {
      let block = try queries.sliced(start..<min(start + rows, queries.shape[0]))
      let nearest = try block.matmul(turned).largest(neighbours, along: 1)
      // The largest weight is 1, so that none overflows.
      let weights = try
        ((nearest.values - nearest.values.max([1], keepingDimensions: true)) * (1 / Self.temperature))
        .exp()
      let count = block.shape[0]
      let voted = try votes.selecting(nearest.indices.reshaped([-1])).reshaped([count, neighbours, classes])
      found += try (voted * weights.reshaped([count, neighbours, 1])).sum([1]).argmax(along: 1).integers()
    }
    return found
  }
}

extension Tensor {
  /// Throws unless these are features `[n, F]` of n items with classes below `classCount`.
  func checkLabelled(_ labels: [Int], classCount: Int, for method: String) throws(TorchError) {
    guard shape.count == 2, shape[0] == labels.count, !labels.isEmpty, labels.allSatisfy((0..<classCount).contains)
    else {
      throw TorchError(
        operation: method,
        message:
          "found features of shape \(shape) for \(labels.count) classes; expected [n, F] for n of them, from 0 to "
          + "\(classCount - 1)")
    }
  }
}
