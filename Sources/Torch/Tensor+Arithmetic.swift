import CTorch

extension Tensor {
  private static func apply(
    _ name: String, _ operation: ctorch_binary_op, _ left: Tensor, _ right: Tensor
  ) throws(TorchError) -> Tensor {
    try produce(name) { ctorch_binary(operation, left.handle, right.handle, $0) }
  }

  private static func apply(
    _ name: String, _ operation: ctorch_binary_op, _ left: Tensor, _ right: Double
  ) throws(TorchError) -> Tensor {
    try produce(name) { ctorch_binary_scalar(operation, left.handle, right, $0) }
  }

  private func apply(_ name: String, _ operation: ctorch_unary_op) throws(TorchError) -> Tensor {
    try produce(name) { ctorch_unary(operation, handle, $0) }
  }

  /// Element-wise sum, broadcast.
  public static func + (left: Tensor, right: Tensor) throws(TorchError) -> Tensor {
    try apply("+", CTORCH_ADD, left, right)
  }
  /// Adds a number to every element. Whole numbers stay of their type; a number that is none, or that the type does not
  /// hold, throws, and so do booleans: `to(.float32)` first.
  public static func + (left: Tensor, right: Double) throws(TorchError) -> Tensor {
    try apply("+", CTORCH_ADD, left, right)
  }
  /// Element-wise difference, broadcast.
  public static func - (left: Tensor, right: Tensor) throws(TorchError) -> Tensor {
    try apply("-", CTORCH_SUB, left, right)
  }
  /// Subtracts a number from every element; of whole numbers a whole number, as for `+`.
  public static func - (left: Tensor, right: Double) throws(TorchError) -> Tensor {
    try apply("-", CTORCH_SUB, left, right)
  }
  /// Element-wise product, broadcast.
  public static func * (left: Tensor, right: Tensor) throws(TorchError) -> Tensor {
    try apply("*", CTORCH_MUL, left, right)
  }
  /// Multiplies every element by a number; whole numbers by a whole number, as for `+`.
  public static func * (left: Tensor, right: Double) throws(TorchError) -> Tensor {
    try apply("*", CTORCH_MUL, left, right)
  }
  /// Element-wise quotient, broadcast; of whole numbers float32.
  public static func / (left: Tensor, right: Tensor) throws(TorchError) -> Tensor {
    try apply("/", CTORCH_DIV, left, right)
  }
  /// Divides every element by a number. Whole numbers throw: `to(.float32)` first.
  public static func / (left: Tensor, right: Double) throws(TorchError) -> Tensor {
    try apply("/", CTORCH_DIV, left, right)
  }
  /// True where an element is below a number.
  public static func < (left: Tensor, right: Double) throws(TorchError) -> Tensor {
    try apply("<", CTORCH_LESS, left, right)
  }
  /// True where elements are equal, broadcast.
  public static func == (left: Tensor, right: Tensor) throws(TorchError) -> Tensor {
    try apply("==", CTORCH_EQUAL, left, right)
  }
  /// True where an element equals a number.
  public static func == (left: Tensor, right: Double) throws(TorchError) -> Tensor {
    try apply("==", CTORCH_EQUAL, left, right)
  }
  /// What is left of each element divided by a number, with the number's sign: `left - floor(left / right) * right`.
  /// Whole numbers stay of their type; by 0 they throw.
  public static func % (left: Tensor, right: Double) throws(TorchError) -> Tensor {
    try apply("%", CTORCH_REMAINDER, left, right)
  }
  /// Each element divided by a number, rounded down. Whole numbers stay of their type; by 0 they throw.
  public func floorDivided(by divisor: Double) throws(TorchError) -> Tensor {
    try Self.apply("floorDivided", CTORCH_FLOOR_DIVIDE, self, divisor)
  }
  /// The elements of `one` where `condition` is true, else those of `other`, broadcast.
  public static func `where`(
    _ condition: Tensor, _ one: Tensor, _ other: Tensor
  ) throws(TorchError) -> Tensor {
    try produce("where") { ctorch_where(condition.handle, one.handle, other.handle, $0) }
  }
  /// The negated elements.
  public static prefix func - (value: Tensor) throws(TorchError) -> Tensor {
    try value.apply("-", CTORCH_NEG)
  }

  /// e to the power of each element.
  public func exp() throws(TorchError) -> Tensor { try apply("exp", CTORCH_EXP) }
  /// The natural logarithm of each element.
  public func log() throws(TorchError) -> Tensor { try apply("log", CTORCH_LOG) }
  /// The square root of each element.
  public func sqrt() throws(TorchError) -> Tensor { try apply("sqrt", CTORCH_SQRT) }
  /// The sine of each element, in radians.
  public func sin() throws(TorchError) -> Tensor { try apply("sin", CTORCH_SIN) }
  /// The cosine of each element, in radians.
  public func cos() throws(TorchError) -> Tensor { try apply("cos", CTORCH_COS) }
  /// The elements, with negative ones replaced by 0.
  public func relu() throws(TorchError) -> Tensor { try apply("relu", CTORCH_RELU) }
  /// True where an element is neither infinite nor NaN.
  public func isFinite() throws(TorchError) -> Tensor { try apply("isFinite", CTORCH_ISFINITE) }

  /// The elements limited to a range; whole numbers stay of their type.
  public func clamped(to range: ClosedRange<Double>) throws(TorchError) -> Tensor {
    try produce("clamped") { ctorch_clamp(handle, range.lowerBound, range.upperBound, $0) }
  }

  /// The elements, none below `low`.
  public func clamped(min low: Double) throws(TorchError) -> Tensor {
    try clamped(to: low...Double.infinity)
  }
}
