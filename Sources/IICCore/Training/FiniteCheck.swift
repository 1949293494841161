import Torch

extension Candidate {
  /// Throws before a gradient that is not finite could spoil the weights; names the parameter.
  func checkGradients() throws {
    guard let place = try optimizer.nonFiniteGradient() else { return }
    let name = network.state.filter(\.isParameter)[place].name
    throw DataError.notFinite("the gradient of \(name)", epoch: epoch, step: step + 1)
  }
}

extension DataError {
  /// Training cannot go on; `epoch` counts from 0, `step` from 1.
  static func notFinite(_ what: String, epoch: Int, step: Int) -> DataError {
    DataError(
      "training: \(what) is not finite (epoch \(epoch + 1), step \(step)); the last checkpoint is intact; try a "
        + "smaller training.learningRate, or training.precision float32")
  }
}
