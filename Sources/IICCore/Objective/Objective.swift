public import Torch

/// What a network's heads say of a batch of views, by the heads' names.
public typealias Outputs = [String: Tensor]

/// A loss over named outputs. The trainer minimises `total` and does not know what it means.
public struct ObjectiveValue {
  /// One element, with gradient history.
  public let total: Tensor
  /// For the record: the loss of each sub-head `[S]`, by the heads' names, without gradient history.
  public let parts: [String: Tensor]

  /// Makes the value of an objective of one's own.
  public init(total: Tensor, parts: [String: Tensor]) {
    self.total = total
    self.parts = parts
  }
}

/// A goal that a network is trained for.
public protocol Objective {
  /// The loss of the outputs for base views and for their transformed views.
  func callAsFunction(base: Outputs, transformed: Outputs) throws(TorchError) -> ObjectiveValue
}

/// The mean information loss of each head's sub-heads, weighted and added over the heads.
public struct ClusteringObjective: Objective {
  private let heads: [String: (loss: InformationLoss, weight: Double)]

  /// Takes the loss and the weight of each head by name.
  public init(_ heads: [HeadConfiguration]) {
    self.heads = Dictionary(
      uniqueKeysWithValues: heads.map { ($0.name, (InformationLoss(lambda: $0.lambda), $0.weight)) })
  }

  public func callAsFunction(base: Outputs, transformed: Outputs) throws(TorchError) -> ObjectiveValue {
    var total: Tensor?
    var parts: [String: Tensor] = [:]
    for name in base.keys.sorted() {
      guard let head = heads[name], let left = base[name], let right = transformed[name] else {
        throw TorchError(operation: "ClusteringObjective", message: "no head named \(name)")
      }
      let losses = try head.loss(base: left, transformed: right)  // [S]
      let weighted = try losses.mean() * head.weight
      total = if let sum = total { try sum + weighted } else { weighted }
      parts[name] = try losses.detached()
    }
    guard let total else { throw TorchError(operation: "ClusteringObjective", message: "no outputs were given") }
    return ObjectiveValue(total: total, parts: parts)
  }
}
