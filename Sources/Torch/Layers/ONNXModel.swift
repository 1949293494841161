import CTorch
import Glibc

/// A computation on tensors in the form that runtimes of other makers read: ONNX, operator set 17.
public struct ONNXModel {
  /// The model's file, with all weights inside.
  public let bytes: [UInt8]

  /// Records what `compute` does with an input, for any number of items.
  ///
  /// Sizes may depend on the number of items as its multiples, nothing else may. What is not an operation of libtorch's
  /// cannot be followed, and an operation without a counterpart is named in the error.
  ///
  /// - Parameters:
  ///   - input: items `[n, ...]`, n at least 3, of the type that the model will take. `compute` is called on all of them, and
  ///     on all but the last.
  ///   - name: what the model's input is called.
  ///   - weights: the tensors that keep their names in the model; others become constants.
  ///   - outputs: the names of what `compute` returns, in order, each `[n, ...]`.
  public init(
    of input: Tensor, named name: String, weights: [NamedTensor], outputs: [String],
    _ compute: @escaping (Tensor) throws -> [Tensor]
  ) throws {
    let context = Context(outputs.count, compute)
    let names = CStrings(weights.map(\.name)), outputNames = CStrings(outputs)
    do {
      let model = try withoutGradients { () throws(TorchError) in
        try produce("ONNXModel") { out in
          withExtendedLifetime((context, names, outputNames)) {
            name.withCString { name in
              ctorch_onnx(
                input.handle, computation, Unmanaged.passUnretained(context).toOpaque(),
                weights.map(\.tensor.handle),
                names.pointers, weights.count, name, outputNames.pointers, outputs.count, out)
            }
          }
        }
      }
      bytes = try model.bytes()
    } catch {
      throw context.error ?? error
    }
  }

  /// What the callback needs.
  fileprivate final class Context {
    let count: Int
    let compute: (Tensor) throws -> [Tensor]
    var error: (any Error)?

    init(_ count: Int, _ compute: @escaping (Tensor) throws -> [Tensor]) {
      self.count = count
      self.compute = compute
    }
  }
}

/// Runs the context's computation on a tensor that is lent; the results are handed over.
private let computation: ctorch_computation = { context, input, outputs in
  guard let context, let input, let outputs else { return 1 }
  let state = Unmanaged<ONNXModel.Context>.fromOpaque(context).takeUnretainedValue()
  do {
    // The handle is lent, and tensors own theirs.
    let results = try state.compute(produce("ONNXModel") { ctorch_detach(input, $0) })
    guard results.count == state.count else { return 1 }
    for (place, result) in results.enumerated() { outputs[place] = try result.released() }
    return 0
  } catch {
    state.error = error
    return 1
  }
}

/// Strings of C, as long as it lives.
private final class CStrings {
  let pointers: [UnsafePointer<CChar>?]
  private let owned: [UnsafeMutablePointer<CChar>?]

  init(_ strings: [String]) {
    owned = strings.map { strdup($0) }
    pointers = owned.map { $0.map { UnsafePointer($0) } }
  }

  deinit { for pointer in owned { free(pointer) } }
}
