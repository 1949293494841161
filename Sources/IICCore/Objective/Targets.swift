import Files
public import Torch

/// What items are to be given: a class for each, and how much each counts.
public struct ItemTargets: Sendable {
  /// What the value over items that are set apart is called among the losses of an epoch.
  public static let validation = "validation"

  /// The items that are trained on, as places in the data.
  public let items: [Int]
  /// The class of each of them, from 0.
  public let classes: [Int]
  /// What each of them weighs beside the others.
  public let weights: [Float]

  /// Makes targets that weigh the same unless weights are given. There must be as many of each.
  public init(items: [Int], classes: [Int], weights: [Float]? = nil) {
    self.items = items
    self.classes = classes
    self.weights = weights ?? Array(repeating: 1, count: items.count)
  }
}

/// An objective that items have targets for: classes that are known of some, or that were found for all. Only items with
/// a target are trained on.
///
/// Targets belong to the state of training. They are kept in checkpoints, so that a run goes on bit for bit though an
/// objective finds new ones in each epoch.
public protocol TargetObjective: Objective {
  /// Looks at the data, once they are open and before anything is trained.
  mutating func open(_ dataset: Dataset) throws(any Error)

  /// The items that have a target in every epoch, where these are known beforehand; nil if all have, or may have.
  var targetItems: [Int]? { get }

  /// Items whose targets are set apart: after each epoch the objective's value over them is recorded as `validation`,
  /// by which it may name its `criterion`; nil if there are none.
  var validation: ItemTargets? { get }

  /// The classes that items were given by a person, which no figure is computed on; empty if targets are not of that kind.
  var known: [Int: Int] { get }

  /// The targets of an epoch that begins; nil leaves those of the one before.
  func targets(at start: EpochStart) throws -> ItemTargets?
}

extension TargetObjective {
  public mutating func open(_ dataset: Dataset) {}
  public var targetItems: [Int]? { nil }
  public var validation: ItemTargets? { nil }
  public var known: [Int: Int] { [:] }
}

/// What an objective may look at when an epoch begins.
public struct EpochStart {
  /// The epoch, counted from 0.
  public let epoch: Int
  /// The items that the main head is trained on.
  public let items: [Int]
  /// The network.
  public let network: ClusteringNetwork
  /// Random numbers of this epoch's own.
  public let random: RandomStream
  /// The targets of the epoch before; nil in the first one.
  public let previous: ItemTargets?
  let reader: FeatureReader

  /// Draws the weights of a head anew, for targets whose numbers mean something else than those of the epoch before.
  public func resetHead(_ name: String = HeadsConfiguration.main) throws {
    try network.reset(name, generator: random.child("head").generator())
  }

  /// What the heads take of the features of `items`, `[n, F]` float32 on the CPU, as where the network is used.
  public func features() throws -> Tensor { try reader.headInputs(pieces) }

  /// The cluster of each of `items` by a sub-head, as where the network is used. Throws for places rather than items.
  public func clusters(of head: String = HeadsConfiguration.main, subhead: Int = 0) throws -> [Int] {
    guard !network.isDense else {
      throw TorchError(
        operation: "EpochStart.clusters", message: "found places; expected a network that clusters items")
    }
    return try reader.clusters(pieces, of: head, subhead: subhead)
  }

  private var pieces: [ArraySlice<Int>] {
    reader.dataset.description.pieces(of: items, about: network.isDense ? 16 : nil)
  }
}

/// The targets that a training is at, of all items of the data.
final class TargetState {
  /// The class of each item, -1 where it has none, then its weight: float32 `[2, n]`.
  let tensor: Tensor

  init(itemCount: Int) throws(TorchError) { tensor = try .full([2, itemCount], -1) }

  /// Takes an epoch's targets. Throws if they do not fit the data or the head.
  func take(_ targets: ItemTargets, clusters: Int) throws {
    let count = tensor.shape[1]
    guard targets.classes.count == targets.items.count, targets.weights.count == targets.items.count,
      targets.items.allSatisfy({ (0..<count).contains($0) }), targets.classes.allSatisfy((0..<clusters).contains),
      targets.weights.allSatisfy({ $0.isFinite && $0 >= 0 })
    else {
      throw UserError(
        "found targets of \(targets.items.count) items, \(targets.classes.count) classes and \(targets.weights.count) "
          + "weights; expected one each, items of 0 to \(count - 1), classes of 0 to \(clusters - 1) and weights from 0",
        key: "objective")
    }
    var values = [Float](repeating: -1, count: 2 * count)
    for (place, item) in targets.items.enumerated() {
      values[item] = Float(targets.classes[place])
      values[count + item] = targets.weights[place]
    }
    try tensor.assign(Tensor(values, shape: tensor.shape))
  }

  /// The targets as they were taken.
  func targets() throws(TorchError) -> ItemTargets {
    let values = try tensor.floats()
    let count = values.count / 2
    let items = (0..<count).filter { values[$0] >= 0 }
    return ItemTargets(
      items: items, classes: items.map { Int(values[$0]) }, weights: items.map { values[count + $0] })
  }
}

/// An epoch's targets by item.
struct TargetLookup {
  private let places: [Int: Int]
  private let targets: ItemTargets

  init(_ targets: ItemTargets) {
    self.targets = targets
    places = Dictionary(zip(targets.items, 0...), uniquingKeysWith: { first, _ in first })
  }

  func has(_ item: Int) -> Bool { places[item] != nil }

  /// The targets of the items of a batch, on `device`; all of them must have one.
  func batch(_ items: ArraySlice<Int>, on device: Device) throws(TorchError) -> BatchTargets {
    let found = items.compactMap { places[$0] }
    return BatchTargets(
      classes: try Tensor(found.map { targets.classes[$0] }).to(device),
      weights: try Tensor(found.map { targets.weights[$0] }, shape: [found.count]).to(device))
  }
}
