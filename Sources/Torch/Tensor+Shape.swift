import CTorch

extension Tensor {
  /// The same elements in row-major order as another shape; one size may be -1.
  public func reshaped(_ shape: [Int]) throws(TorchError) -> Tensor {
    let sizes = shape.map(Int64.init)
    return try produce("reshaped") { ctorch_reshape(handle, sizes, sizes.count, $0) }
  }

  /// The dimensions in another order.
  public func permuted(_ dimensions: [Int]) throws(TorchError) -> Tensor {
    let order = dimensions.map(Int64.init)
    return try produce("permuted") { ctorch_permute(handle, order, order.count, $0) }
  }

  /// A matrix, or a stack of matrices, with its last two dimensions exchanged.
  public func transposed() throws(TorchError) -> Tensor {
    let rank = shape.count
    guard rank >= 2 else {
      throw TorchError(operation: "transposed", message: "expected two dimensions or more, found shape \(shape)")
    }
    return try permuted(Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  /// The tensor repeated `counts[d]` times along each dimension d.
  public func repeated(_ counts: [Int]) throws(TorchError) -> Tensor {
    let counts = counts.map(Int64.init)
    return try produce("repeated") { ctorch_repeat(handle, counts, counts.count, $0) }
  }

  /// The elements in the opposite order along a dimension.
  public func flipped(along dimension: Int) throws(TorchError) -> Tensor {
    try produce("flipped") { ctorch_flip(handle, Int64(dimension), $0) }
  }

  /// The elements `range` along a dimension, sharing storage. Throws if the dimension does not have them all.
  public func sliced(_ range: Range<Int>, along dimension: Int = 0) throws(TorchError) -> Tensor {
    let size = try size(of: dimension, "sliced")
    guard range.lowerBound >= 0, range.upperBound <= size else {
      throw TorchError(
        operation: "sliced",
        message:
          "found the range \(range) along dimension \(dimension) of shape \(shape); expected one within 0..<\(size)"
      )
    }
    return try produce("sliced") {
      ctorch_narrow(handle, Int64(dimension), Int64(range.lowerBound), Int64(range.count), $0)
    }
  }

  /// The entries at `indices` along a dimension, each from 0 up to, not including, its size. On the CPU others throw.
  public func selecting(_ indices: Tensor, along dimension: Int = 0) throws(TorchError) -> Tensor {
    let size = try size(of: dimension, "selecting")
    do {
      return try produce("selecting") { ctorch_index_select(handle, Int64(dimension), indices.handle, $0) }
    } catch {
      throw indices.outside(size, error, "along dimension \(dimension) of shape \(shape)")
    }
  }

  /// The size of a dimension, which may be counted from the end by negative numbers.
  func size(of dimension: Int, _ operation: String) throws(TorchError) -> Int {
    let shape = shape
    let place = dimension < 0 ? dimension + shape.count : dimension
    guard shape.indices.contains(place) else {
      throw TorchError(
        operation: operation,
        message: "found dimension \(dimension); shape \(shape) has the dimensions 0 to \(shape.count - 1)")
    }
    return shape[place]
  }

  /// For indices that an operation refused: an error that names the first which is not from 0 up to `size`, or else the
  /// operation's own.
  func outside(_ size: Int, _ error: TorchError, _ place: String) -> TorchError {
    guard device == .cpu, let indices = try? integers(),
      let first = indices.firstIndex(where: { !(0..<size).contains($0) })
    else { return error }
    return TorchError(
      operation: error.operation,
      message:
        "found the index \(indices[first]), the one at place \(first) of \(indices.count), \(place); expected "
        + "0 to \(size - 1)")
  }

  /// Joins tensors along an existing dimension.
  public static func concatenated(
    _ tensors: [Tensor], along dimension: Int = 0
  ) throws(TorchError) -> Tensor {
    let handles = tensors.map { Optional($0.handle) }
    defer { withExtendedLifetime(tensors) {} }
    return try produce("concatenated") { ctorch_cat(handles, handles.count, Int64(dimension), $0) }
  }

  /// Joins tensors of one shape along a new dimension.
  public static func stacked(_ tensors: [Tensor], along dimension: Int = 0) throws(TorchError) -> Tensor {
    let handles = tensors.map { Optional($0.handle) }
    defer { withExtendedLifetime(tensors) {} }
    return try produce("stacked") { ctorch_stack(handles, handles.count, Int64(dimension), $0) }
  }
}

extension Tensor {
  private func reduce(
    _ name: String, _ operation: ctorch_reduce_op, _ dimensions: [Int], _ keep: Bool
  ) throws(TorchError) -> Tensor {
    let over = dimensions.map(Int64.init)
    return try produce(name) { ctorch_reduce(operation, handle, over, over.count, keep, $0) }
  }

  /// The sum over `dimensions`, or over all when none are named.
  public func sum(_ dimensions: [Int] = [], keepingDimensions keep: Bool = false) throws(TorchError) -> Tensor {
    try reduce("sum", CTORCH_SUM, dimensions, keep)
  }

  /// The mean over `dimensions`, or over all when none are named.
  public func mean(_ dimensions: [Int] = [], keepingDimensions keep: Bool = false) throws(TorchError) -> Tensor {
    try reduce("mean", CTORCH_MEAN, dimensions, keep)
  }

  /// The smallest element over `dimensions`, or of all when none are named.
  public func min(_ dimensions: [Int] = [], keepingDimensions keep: Bool = false) throws(TorchError) -> Tensor {
    try reduce("min", CTORCH_AMIN, dimensions, keep)
  }

  /// The largest element over `dimensions`, or of all when none are named.
  public func max(_ dimensions: [Int] = [], keepingDimensions keep: Bool = false) throws(TorchError) -> Tensor {
    try reduce("max", CTORCH_AMAX, dimensions, keep)
  }

  /// The index of the largest element along a dimension, int64.
  public func argmax(along dimension: Int) throws(TorchError) -> Tensor {
    _ = try size(of: dimension, "argmax")
    return try produce("argmax") { ctorch_argmax(handle, Int64(dimension), $0) }
  }

  /// Softmax along a dimension, computed and returned in float32.
  public func softmax(along dimension: Int) throws(TorchError) -> Tensor {
    try produce("softmax") { ctorch_softmax(handle, Int64(dimension), $0) }
  }
}

extension Tensor {
  /// The `k` largest elements along a dimension in falling order, and their places in it, int64.
  ///
  /// Both have `k` where the tensor has the dimension's size; a larger `k` throws. Of equal elements any may come
  /// first.
  public func largest(_ k: Int, along dimension: Int) throws(TorchError) -> (values: Tensor, indices: Tensor) {
    let size = try size(of: dimension, "largest")
    guard (0...size).contains(k) else {
      throw TorchError(
        operation: "largest",
        message: "found k \(k) along dimension \(dimension) of shape \(shape); expected 0 to \(size)")
    }
    var values: OpaquePointer?
    var indices: OpaquePointer?
    try check("largest") { ctorch_topk(handle, Int64(k), Int64(dimension), &values, &indices) }
    guard let values, let indices else { throw TorchError(operation: "largest", message: "no result was returned") }
    return (Tensor(owning: values), Tensor(owning: indices))
  }

  /// The eigenvalues of a symmetric matrix `[n, n]` in rising order, `[n]`, and its eigenvectors as columns, `[n, n]`.
  public func symmetricEigenvectors() throws(TorchError) -> (values: Tensor, vectors: Tensor) {
    var values: OpaquePointer?
    var vectors: OpaquePointer?
    try check("symmetricEigenvectors") { ctorch_eigh(handle, &values, &vectors) }
    guard let values, let vectors else {
      throw TorchError(operation: "symmetricEigenvectors", message: "no result was returned")
    }
    return (Tensor(owning: values), Tensor(owning: vectors))
  }
}
