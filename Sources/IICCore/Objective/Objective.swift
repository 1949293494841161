public import Manifest
public import Torch

/// The value of an objective. The trainer minimises `total` and does not know what it means.
public struct ObjectiveValue {
  /// One element, with gradient history.
  public let total: Tensor
  /// For the record, by name, without gradient history: values whose means over an epoch are kept. Those of a head are
  /// the loss of each of its sub-heads `[S]`, by the head's name.
  public let parts: [String: Tensor]

  /// Makes the value of an objective of one's own.
  public init(total: Tensor, parts: [String: Tensor]) {
    self.total = total
    self.parts = parts
  }
}

/// A goal that a network is trained for.
public protocol Objective {
  /// The part of its values by whose lowest mean epochs and initialisations are compared; as a rule the main head's.
  var criterion: String { get }

  /// The value for what a network makes of a batch of pairs.
  ///
  /// What is a sum over items is summed over `pass.processes`, too, so that a batch divided over several processes has the
  /// value and the gradients of the whole.
  func callAsFunction(_ outputs: PairOutputs, _ pass: Pass) throws(TorchError) -> ObjectiveValue
}

extension Objective {
  public var criterion: String { HeadsConfiguration.main }
}

/// An objective that manifests may name. One of one's own is registered beside the kinds of data:
///
///     IICCommand.run(modalities: [MyModality.self], objectives: [ContrastiveObjective.self])
///
/// A manifest then chooses it by `objective: {name: contrastive}`; the section's other keys are the objective's own.
public protocol RegisteredObjective: Objective, SendableMetatype {
  /// The name that manifests call it by.
  static var name: String { get }

  /// Reads the manifest's section `objective`; `heads` are the network's.
  init(from section: SectionReader, heads: HeadsConfiguration) throws(ManifestError)
}

/// An objective that sees nothing of a batch but sums over its items, as the joint is one. A batch may then be larger than
/// the memory: pieces of it pass one after the other, and what is summed is the whole batch's.
public protocol SummedObjective: Objective {
  /// The sums over the items of a batch, or of a piece of one, with gradient history.
  func sums(_ outputs: PairOutputs) throws(TorchError) -> [String: Tensor]

  /// The value for the sums over a whole batch.
  func value(of sums: [String: Tensor]) throws(TorchError) -> ObjectiveValue

  /// The joint of a head over a batch, `[S, K, K]`, by which its clusters may be merged; nil if it has no such head.
  func joint(of head: String, _ outputs: PairOutputs) throws(TorchError) -> Tensor?
}

extension SummedObjective {
  public func callAsFunction(_ outputs: PairOutputs, _ pass: Pass) throws(TorchError) -> ObjectiveValue {
    var sums: [String: Tensor] = [:]
    for (name, sum) in try self.sums(outputs) { sums[name] = try pass.processes.sum(sum) }
    return try value(of: sums)
  }
}

/// The mean information loss of each head's sub-heads, weighted and added over the heads: what manifests name
/// `information`, and what is trained for if they name nothing.
public struct ClusteringObjective: RegisteredObjective, SummedObjective {
  public static let name = "information"

  private let heads: WeightedHeads

  /// Takes the loss and the weight of each head by name.
  public init(_ heads: [HeadConfiguration]) { self.heads = WeightedHeads(heads, of: "ClusteringObjective") }

  /// Takes the heads; it has no keys of its own.
  public init(from section: SectionReader, heads: HeadsConfiguration) { self.init(heads.all) }

  public func sums(_ outputs: PairOutputs) throws(TorchError) -> [String: Tensor] {
    var joints: [String: Tensor] = [:]
    for name in outputs.base.heads.keys { joints[name] = try joint(of: name, outputs) }
    return joints
  }

  public func joint(of head: String, _ outputs: PairOutputs) throws(TorchError) -> Tensor? {
    guard let base = outputs.base.heads[head], let transformed = outputs.transformed.heads[head] else { return nil }
    return try InformationLoss.joint(base: base, transformed: transformed)
  }

  public func value(of sums: [String: Tensor]) throws(TorchError) -> ObjectiveValue {
    try heads.value(of: sums) { (joint, loss) throws(TorchError) in try loss.loss(of: joint) }
  }
}

/// The losses of heads and what each weighs beside the others.
struct WeightedHeads: Sendable {
  private let heads: [String: (loss: InformationLoss, weight: Double)]
  /// What errors call the objective.
  private let objective: String

  init(_ heads: [HeadConfiguration], of objective: String) {
    self.objective = objective
    self.heads = Dictionary(
      uniqueKeysWithValues: heads.map { ($0.name, (InformationLoss(lambda: $0.lambda), $0.weight)) })
  }

  /// The weighted sum over heads of the mean of the losses `[S]` that `losses` makes of each head's sums.
  func value(
    of sums: [String: Tensor], _ losses: (Tensor, InformationLoss) throws(TorchError) -> Tensor
  ) throws(TorchError) -> ObjectiveValue {
    var total: Tensor?
    var parts: [String: Tensor] = [:]
    for (name, sum) in sums.sorted(by: { $0.key < $1.key }) {
      guard let head = heads[name] else {
        throw TorchError(operation: objective, message: "no head named \(name)")
      }
      let losses = try losses(sum, head.loss)  // [S]
      let weighted = try losses.mean() * head.weight
      total = if let sum = total { try sum + weighted } else { weighted }
      parts[name] = try losses.detached()
    }
    guard let total else { throw TorchError(operation: objective, message: "no outputs were given") }
    return ObjectiveValue(total: total, parts: parts)
  }
}
