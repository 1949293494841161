public import Files
import Torch

/// What an epoch goes through: passes over items, each training some of the heads.
///
/// Trained together, all heads share one pass. Trained in turn, each head has passes of its own over its own
/// part of the data, as the paper does where distractors are for the auxiliary head alone.
public struct EpochPlan: Sendable {
  /// One walk through items.
  struct Pass: Sendable {
    /// The heads that are trained; the others are not computed.
    let heads: [String]
    let items: [Int]
  }

  /// One step of an epoch.
  struct Step {
    let heads: [String]
    let items: ArraySlice<Int>
  }

  private let passes: [Pass]
  /// The items of the main head.
  let mainItems: [Int]
  private let startEpochs: [String: Int]
  private let itemsPerStep: Int
  /// What the main head begins with, unless that is random.
  let mergedStart: MergedStart?

  /// Plans the epochs of a run. Throws if a head names a part that the data does not have, or if a step needs
  /// more items than a pass has, or if the main head begins too late.
  ///
  /// - Parameter targets: the items that have a target, where an objective trains on no others.
  public init(
    _ training: TrainingConfiguration, heads: HeadsConfiguration, dataset: Dataset, among targets: [Int]? = nil
  ) throws(UserError) {
    let chosen = targets.map(Set.init)
    func items(of head: HeadConfiguration) throws(UserError) -> [Int] {
      try Self.items(of: head, dataset, among: chosen)
    }
    var passes: [Pass] = []
    switch training.scheme {
    case .together:
      if let parts = heads.auxiliary?.parts, parts != heads.main.parts {
        throw UserError("parts differ between the heads; that needs training.scheme: inTurn", key: "heads")
      }
      passes = [Pass(heads: heads.all.map(\.name), items: try items(of: heads.main))]
    case .inTurn:
      guard training.idleHeads == .rest || heads.auxiliary != nil else {
        throw UserError(
          "found \(training.idleHeads.rawValue); with one head none has to wait for its turn; expected rest, or an "
            + "auxiliary head", key: "training.idleHeads")
      }
      for name in training.order {
        guard let head = heads.all.first(where: { $0.name == name.rawValue }) else { continue }
        let pass = Pass(heads: [head.name], items: try items(of: head))
        passes += Array(repeating: pass, count: head.passes)
      }
    }
    for pass in passes {
      try training.validate(itemCount: pass.items.count)
    }
    try Self.check(heads.main, training)
    self.passes = passes
    startEpochs = Dictionary(uniqueKeysWithValues: heads.all.map { ($0.name, $0.startEpoch(of: training.epochs)) })
    itemsPerStep = training.itemsPerStep
    mainItems = try items(of: heads.main)
    mergedStart = MergedStart(heads, training, items: mainItems)
  }

  /// The number of items of the head that has the fewest.
  static func leastItems(
    _ heads: HeadsConfiguration, _ dataset: Dataset, among targets: [Int]? = nil
  ) throws(UserError) -> Int {
    var least = Int.max
    let chosen = targets.map(Set.init)
    for head in heads.all { least = min(least, try items(of: head, dataset, among: chosen).count) }
    return least
  }

  /// The items that a head is trained on: those of its parts that have a partner, if items have partners, and a target, if
  /// the objective has them.
  private static func items(
    of head: HeadConfiguration, _ dataset: Dataset, among targets: Set<Int>?
  ) throws(UserError) -> [Int] {
    let all = try dataset.items(in: head.parts, key: "heads.\(head.name).parts")
    let items = targets.map { targets in all.filter(targets.contains) } ?? all
    guard let partners = dataset.partners else { return items }
    return items.filter(partners.has)
  }

  /// Throws unless the main head, by whose loss initialisations are compared, has learned before they are.
  private static func check(_ main: HeadConfiguration, _ training: TrainingConfiguration) throws(UserError) {
    let (restarts, start) = (training.restarts, main.startEpoch(of: training.epochs))
    guard restarts.count > 1, start >= restarts.epochs else { return }
    throw UserError(
      "found \(main.start), which is epoch \(start) of \(training.epochs), counted from 0; "
        + "expected one before training.restarts.epochs, which is \(restarts.epochs)", key: "heads.main.start")
  }

  /// Throws if too few items of the main head have a target for a step.
  func check(_ targets: TargetLookup) throws(UserError) {
    let count = mainItems.count(where: targets.has)
    guard count < itemsPerStep else { return }
    throw UserError(
      "found targets of \(count) items in this epoch; expected \(itemsPerStep) or more, a step", key: "objective")
  }

  /// The heads that learn in an epoch, counted from 0, of a run that was planned so from its beginning.
  func heads(of epoch: Int) -> Set<String> {
    Set(startEpochs.filter { $0.value <= epoch }.keys)
  }

  /// The steps of an epoch in which these heads learn, in the order that `random`, the epoch's own stream, gives. Where there
  /// are `targets`, only items that have one are trained on.
  func steps(heads: Set<String>, random: RandomStream, among targets: TargetLookup? = nil) -> [Step] {
    passes.enumerated().flatMap { place, pass -> [Step] in
      let heads = pass.heads.filter(heads.contains)
      guard !heads.isEmpty else { return [] }
      let sampler = EpochSampler(
        items: targets.map { pass.items.filter($0.has) } ?? pass.items, batchSize: itemsPerStep,
        random: random.child("pass", place))
      return (0..<sampler.count).map { Step(heads: heads, items: sampler[$0]) }
    }
  }
}

/// The order in which a pass visits its items.
///
/// Each pass is a new permutation cut into batches of one size. What is left at the end is too small a sample
/// for a joint distribution over many clusters, so it is not trained on: which items that hits is drawn anew
/// every time, so that each is seen equally often in the long run.
public struct EpochSampler: Sendable {
  private let order: [Int]
  private let batchSize: Int

  /// The batches of `batchSize` out of `items` in the order that `random` gives.
  public init(items: [Int], batchSize: Int, random: RandomStream) {
    var numbers = random.numbers()
    order = numbers.shuffled(items)
    self.batchSize = batchSize
  }

  /// The number of batches.
  public var count: Int { order.count / batchSize }

  /// The items of the batch at `position`.
  public subscript(position: Int) -> ArraySlice<Int> {
    order[(position * batchSize)..<((position + 1) * batchSize)]
  }
}
