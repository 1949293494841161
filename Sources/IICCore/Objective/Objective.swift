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

/// The mean information loss of each head's sub-heads, weighted and added over the heads: what manifests name
/// `information`, and what is trained for if they name nothing.
public struct ClusteringObjective: RegisteredObjective {
  public static let name = "information"

  private let heads: [String: (loss: InformationLoss, weight: Double)]

  /// Takes the loss and the weight of each head by name.
  public init(_ heads: [HeadConfiguration]) {
    self.heads = Dictionary(
      uniqueKeysWithValues: heads.map { ($0.name, (InformationLoss(lambda: $0.lambda), $0.weight)) })
  }

  /// Takes the heads; it has no keys of its own.
  public init(from section: SectionReader, heads: HeadsConfiguration) { self.init(heads.all) }

  public func callAsFunction(_ outputs: PairOutputs, _ pass: Pass) throws(TorchError) -> ObjectiveValue {
    var total: Tensor?
    var parts: [String: Tensor] = [:]
    for name in outputs.base.heads.keys.sorted() {
      guard let head = heads[name], let left = outputs.base.heads[name], let right = outputs.transformed.heads[name]
      else { throw TorchError(operation: "ClusteringObjective", message: "no head named \(name)") }
      let joint = try pass.processes.sum(InformationLoss.joint(base: left, transformed: right))
      let losses = try head.loss.loss(of: joint)  // [S]
      let weighted = try losses.mean() * head.weight
      total = if let sum = total { try sum + weighted } else { weighted }
      parts[name] = try losses.detached()
    }
    guard let total else { throw TorchError(operation: "ClusteringObjective", message: "no outputs were given") }
    return ObjectiveValue(total: total, parts: parts)
  }
}
