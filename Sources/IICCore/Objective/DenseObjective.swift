public import Manifest
public import Torch

/// The information loss of places rather than items: segmentation, the second half of the paper (equations 4 and 5).
///
/// Two places of an item that lie a little apart, one in each view, should fall into the same cluster. Over maps of
/// probabilities x, y `[n, K, H, W]` of the two sides, y brought back to where x shows the same, for displacements t of a box
///
///     P_t[a, b] = sum over n, u of x_a(n, u + t) y_b(n, u)
///
/// `I_lambda` of each P_t is the information loss of items, and the loss its mean over t; or, `collapsed`, that of the sum of
/// all P_t. Places that the base view says are not valid count on neither side. A network over
/// series has maps of height 1, which are displaced in time.
public struct DenseObjective: RegisteredObjective, SummedObjective {
  public static let name = "dense"

  private let heads: WeightedHeads
  /// d, the largest displacement, places.
  private let displacement: Int
  private let isCollapsed: Bool

  /// Takes the heads, the largest displacement in places, and whether displacements are summed before the loss.
  public init(_ heads: [HeadConfiguration], displacement: Int = 10, collapsed: Bool = false) {
    (self.heads, self.displacement, isCollapsed) = (
      WeightedHeads(heads, of: "DenseObjective"), displacement, collapsed
    )
  }

  public init(from section: SectionReader, heads: HeadsConfiguration) throws(ManifestError) {
    displacement = try section(
      "displacement", .integer(in: 0...64), default: 10,
      "d, the largest displacement of places in each direction that belong together, in places of the view")
    isCollapsed = try section(
      "collapsed", .boolean, default: false,
      "whether the joints of all displacements are summed before the loss, rather than the losses after it")
    self.heads = WeightedHeads(heads.all, of: "DenseObjective")
  }

  public func sums(_ outputs: PairOutputs) throws(TorchError) -> [String: Tensor] {
    try joints(outputs) { (base, transformed) throws(TorchError) in
      let shape = base.shape
      let reach = (rows: min(displacement, shape[3] - 1), columns: min(displacement, shape[4] - 1))
      guard displacement < shape[4], shape[3] == 1 || displacement < shape[3] else {
        throw TorchError(
          operation: "DenseObjective",
          message:
            "found displacement \(displacement); expected one below the sides of the map, \(shape[3]) x \(shape[4])"
        )
      }
      guard displacement > 0 else { return try Self.placeJoint(base, transformed) }
      let joint = try Tensor.displacedJoint(base, transformed, rows: reach.rows, columns: reach.columns)
      return isCollapsed ? try joint.sum([1, 2]) : joint
    }
  }

  public func value(of sums: [String: Tensor]) throws(TorchError) -> ObjectiveValue {
    try heads.value(of: sums) { (joint, loss) throws(TorchError) in
      let shape = joint.shape  // [S, K, K] or [S, T, T', K, K]
      guard shape.count == 5 else { return try loss.loss(of: joint) }
      return try loss.loss(of: joint.reshaped([-1, shape[3], shape[4]])).reshaped([shape[0], -1]).mean([1])
    }
  }

  public func joint(of head: String, _ outputs: PairOutputs) throws(TorchError) -> Tensor? {
    try joints(outputs, of: head) { (base, transformed) throws(TorchError) in
      try Self.placeJoint(base, transformed)
    }[head]
  }

  /// What `joint` makes of the two maps `[n, S, K, H, W]` of each head, the second one brought back to the first.
  private func joints(
    _ outputs: PairOutputs, of head: String? = nil, _ joint: (Tensor, Tensor) throws(TorchError) -> Tensor
  ) throws(TorchError) -> [String: Tensor] {
    let valid = try outputs.views.base.valid.map { (valid) throws(TorchError) in
      let shape = valid.shape  // [n, 1, H, W], or [n, 1, W] of series
      return try valid.reshaped([shape[0], 1, 1, shape.count == 3 ? 1 : shape[2], shape[shape.count - 1]])
    }
    var joints: [String: Tensor] = [:]
    for (name, base) in outputs.base.heads where head == nil || head == name {
      guard let other = outputs.transformed.heads[name], base.shape.count == 5 else {
        throw TorchError(
          operation: "DenseObjective",
          message: "expected maps of head \(name), [n, S, K, H, W], of both sides; found \(base.shape)")
      }
      var (left, right) = (base, try Self.summed(outputs.views.transformed, other, over: outputs.views.base))
      if let valid { (left, right) = (try left * valid, try right * valid) }
      joints[name] = try joint(left, right)
    }
    return joints
  }

  /// The maps of r transformed views of each item, brought back and summed over the views: `[n, S, K, H, W]`. The joint is
  /// linear in each side, so r copies of the base maps are never made.
  private static func summed(_ view: View, _ maps: Tensor, over base: View) throws(TorchError) -> Tensor {
    let (n, shape) = (base.count, maps.shape)
    var sum: Tensor?
    for place in 0..<shape[0] / max(n, 1) {
      let range = (place * n)..<((place + 1) * n)
      let one = View(
        try view.values.sliced(range), map: try view.map.map { (map) throws(TorchError) in try map.sliced(range) })
      let flat = try maps.sliced(range).reshaped([n, shape[1] * shape[2], shape[3], shape[4]])
      let back = try one.broughtBack(flat, to: base)
      sum = if let sum { try sum + back } else { back }
    }
    guard let sum else {
      throw TorchError(operation: "DenseObjective", message: "found \(shape[0]) transformed views of \(n) items")
    }
    return try sum.reshaped([n] + shape.dropFirst())
  }

  /// The joint of equal places, float64 `[S, K, K]`. A sum over so many places, of which clusters that tell little apart
  /// leave small differences, needs the digits, as does the loss.
  private static func placeJoint(_ base: Tensor, _ transformed: Tensor) throws(TorchError) -> Tensor {
    try InformationLoss.joint(
      base: base.to(.float64).placesAsItems(), transformed: transformed.to(.float64).placesAsItems())
  }
}

extension Tensor {
  /// Maps of probabilities `[n, S, K, H, W]` as those of items `[n H W, S, K]`; others stay as they are. With a limit, only
  /// so many places, evenly spaced.
  func placesAsItems(limit: Int? = nil) throws(TorchError) -> Tensor {
    let shape = self.shape
    guard shape.count == 5 else { return self }
    let items = try permuted([0, 3, 4, 1, 2]).reshaped([-1, shape[1], shape[2]])
    guard let limit, items.shape[0] > limit else { return items }
    let step = Double(items.shape[0]) / Double(limit)
    let places = (0..<limit).map { Int(Double($0) * step) }
    return try items.selecting(Tensor(places).to(device))
  }
}
