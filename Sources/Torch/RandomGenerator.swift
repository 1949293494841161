import CTorch

/// A source of random tensors: libtorch's CPU generator, owned here and seeded once.
public final class RandomGenerator {
  let handle: OpaquePointer

  /// A generator whose draws depend on `seed` alone.
  public init(seed: UInt64) throws(TorchError) {
    var handle: OpaquePointer?
    try check("generator") { ctorch_generator_new(seed, &handle) }
    guard let handle else { throw TorchError(operation: "generator", message: "no result was returned") }
    self.handle = handle
  }

  deinit { ctorch_generator_free(handle) }

  /// float32 values drawn uniformly from 0 up to, not including, 1.
  public func uniform(_ shape: [Int]) throws(TorchError) -> Tensor {
    let sizes = shape.map(Int64.init)
    return try produce("uniform") { ctorch_rand(sizes, sizes.count, handle, $0) }
  }

  /// float32 values drawn uniformly from a range.
  public func uniform(_ shape: [Int], in range: ClosedRange<Double>) throws(TorchError) -> Tensor {
    try uniform(shape) * (range.upperBound - range.lowerBound) + range.lowerBound
  }

  /// float32 values drawn from the normal distribution with mean 0 and standard deviation 1.
  public func normal(_ shape: [Int]) throws(TorchError) -> Tensor {
    let sizes = shape.map(Int64.init)
    return try produce("normal") { ctorch_randn(sizes, sizes.count, handle, $0) }
  }

  /// float32 values, 1 with probability `p`, else 0.
  public func bernoulli(_ shape: [Int], p: Double) throws(TorchError) -> Tensor {
    try (uniform(shape) < p).to(.float32)
  }
}
