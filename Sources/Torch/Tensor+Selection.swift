import CTorch

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
}
