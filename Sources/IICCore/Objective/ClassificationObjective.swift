import Files
public import Manifest
public import Torch

/// Cross-entropy with classes that are known of some items: what `objective.name: classification` names.
///
/// Over the probabilities p of the base view and of the r transformed views of an item with the class y,
///
///     L = - sum over items of w (sum over views of sum over k of q_k ln p_k) / ((1 + r) sum over items of w),
///
/// where q is 1 at y and 0 elsewhere, with label smoothing e (1 - e) of that and e / K everywhere. Only items with a label
/// are trained on; where items have partners, the transformed views are of these, and count as of the item's class. They are no
/// part of any figure; the class of an item is its cluster in the main head, by number.
public struct ClassificationObjective: RegisteredObjective, SummedObjective, TargetObjective {
  public static let name = "classification"

  /// Below it a probability counts as this one, far below what float32 tells from 0 in a softmax.
  private static let leastProbability = 1e-37

  private let head: HeadConfiguration
  private let table: String?
  private let parts: [String]?
  private let share, validationShare, smoothing: Double
  private let seed: Int
  private var training: ItemTargets?
  public private(set) var validation: ItemTargets?
  private var labelled: LabelledItems?

  public init(from section: SectionReader, heads: HeadsConfiguration) throws(ManifestError) {
    head = heads.main
    table = try section(
      "labels", .path, default: nil,
      "CSV file with the columns id and label, the classes that are known of some items")
    parts = try section(
      "parts", .list(of: .string), default: nil,
      "parts of the data whose own labels are learned, in place of a file")
    share = try section(
      "share", .number(in: 0.00001...1), default: 1, "share of these labels that is used, drawn by objective.seed")
    validationShare = try section(
      "validation", .number(in: 0...0.9), default: 0,
      "share of these labels that is set apart: the loss on their items decides which epoch is the best one, and with "
        + "training.patience when training ends")
    smoothing = try section(
      "smoothing", .number(in: 0...0.9), default: 0,
      "label smoothing: the share of an item's target that is spread over all classes alike")
    seed = try section("seed", .integer, default: 0, "seed by which labels are drawn and set apart")
    try section.check(
      (table == nil) != (parts == nil), table == nil ? "parts" : "labels",
      table == nil
        ? "found neither labels nor parts; expected one of them" : "found labels and parts; expected one of them")
    try section.check(
      head.startFrom == .random && heads.auxiliary == nil, "name",
      "found classification; expected heads.auxiliary: null and a main head that starts at random")
  }

  public var criterion: String { validation == nil ? HeadsConfiguration.main : ItemTargets.validation }

  public mutating func open(_ dataset: Dataset) throws {
    let all =
      if let table {
        try LabelledItems(contentsOf: table, of: dataset)
      } else {
        try LabelledItems(parts: parts ?? [], of: dataset, key: "objective.parts")
      }
    guard all.classCount <= head.clusters else {
      throw UserError(
        "found \(head.clusters) for labels of \(all.classCount) classes; expected \(all.classCount) or more",
        key: "heads.main.clusters")
    }
    let random = RandomStream(seed: seed).child("labels")
    let used = all.subset(
      LabelBudget.share(share).draw(from: all.classes, random: random.child("used")) ?? [])
    var numbers = random.child("validation").numbers()
    let apart = Set(
      numbers.shuffled(Array(used.items.indices)).prefix(Int(validationShare * Double(used.items.count))))
    let learned = used.subset(used.items.indices.filter { !apart.contains($0) })
    labelled = all
    training = ItemTargets(items: learned.items, classes: learned.classes)
    guard validationShare > 0 else { return }
    guard !apart.isEmpty else {
      throw UserError(
        "found \(validationShare) of \(used.items.count) labels, which is less than one; expected more, or 0",
        key: "objective.validation")
    }
    let tested = used.subset(apart.sorted())
    validation = ItemTargets(items: tested.items, classes: tested.classes)
  }

  /// What the user should know of the labels, a line each.
  var notes: [String] { labelled?.notes ?? [] }

  /// Whether they are of a file rather than of the data.
  var isFromFile: Bool { table != nil }

  /// All labels that were given, as they were written, by item.
  var given: [(item: Int, label: String)] {
    labelled.map { all in zip(all.items, all.classes).map { ($0, all.className($1)) } } ?? []
  }

  /// What figures call the labels.
  var source: String { labelled?.source ?? "" }

  public var targetItems: [Int]? { training?.items }

  public var known: [Int: Int] {
    let all = [training, validation].compactMap { $0 }
    return Dictionary(
      all.flatMap { zip($0.items, $0.classes) }, uniquingKeysWith: { first, _ in first })
  }

  public func targets(at start: EpochStart) throws -> ItemTargets? { start.epoch == 0 ? training : nil }

  public func sums(_ outputs: PairOutputs) throws(TorchError) -> [String: Tensor] {
    guard let targets = outputs.targets, let base = outputs.base.heads[head.name],
      let transformed = outputs.transformed.heads[head.name]
    else {
      throw TorchError(operation: "ClassificationObjective", message: "found a batch without targets or main head")
    }
    guard base.shape.count == 3 else {
      throw TorchError(
        operation: "ClassificationObjective",
        message: "found probabilities of shape \(base.shape); expected [n, S, K], of items rather than places")
    }
    let (n, clusters) = (base.shape[0], base.shape[2])
    let repeats = transformed.shape[0] / max(1, n)
    let smooth = try Tensor.identity(clusters) * (1 - smoothing) + smoothing / Double(clusters)
    let wanted = try smooth.to(targets.classes.device).selecting(targets.classes)
    let weighted = try (wanted * targets.weights.reshaped([n, 1])).reshaped([n, 1, clusters])
    let sum = try Self.crossEntropy(base, weighted)
    let others = try Self.crossEntropy(transformed, weighted.repeated([repeats, 1, 1]))
    return [
      head.name: try (sum + others) * (1 / Double(1 + repeats)), Self.weightPart: try targets.weights.sum(),
    ]
  }

  private static let weightPart = "weights"

  /// `- sum_n sum_k q_nk ln p_nsk`, by sub-head: `[S]`.
  private static func crossEntropy(_ probabilities: Tensor, _ wanted: Tensor) throws(TorchError) -> Tensor {
    try (probabilities.to(.float32).clamped(min: leastProbability).log() * wanted).sum([0, 2]) * -1
  }

  public func value(of sums: [String: Tensor]) throws(TorchError) -> ObjectiveValue {
    guard let sum = sums[head.name], let weight = sums[Self.weightPart] else {
      throw TorchError(operation: "ClassificationObjective", message: "no outputs were given")
    }
    let losses = try sum / weight
    return ObjectiveValue(total: try losses.mean(), parts: [head.name: try losses.detached()])
  }

  public func joint(of head: String, _ outputs: PairOutputs) -> Tensor? { nil }
}
