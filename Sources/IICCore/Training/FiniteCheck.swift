import Files
import Torch

extension Initialisation {
  /// Throws if a gradient of the last recorded step is not finite; names the parameter. `sizes` `[P]` are those of the
  /// optimiser, which did not take the step.
  func checkGradients(_ sizes: Tensor) throws {
    guard let place = try sizes.floats().firstIndex(where: { !$0.isFinite }) else { return }
    let name = network.trainable[place].name
    throw UserError.notFinite("the gradient of \(name)", epoch: record.epoch, step: record.steps)
  }
}

extension TrainingState {
  /// Throws if anything that a step changes is not finite; names the tensor and the last step that was done.
  func checkFinite() throws {
    for (name, tensor) in try tensors() {
      let isFinite = try tensor.isFinite().to(.uint8).min().item() == 1
      guard !isFinite else { continue }
      // At the end of an epoch the state is at the beginning of the next, with the record of the one that is done.
      let isBetween = current.step == 0
      throw UserError.notFinite(
        name, epoch: isBetween ? current.record.epoch : current.epoch,
        step: isBetween ? current.record.steps : current.step)
    }
  }
}

extension UserError {
  /// Training cannot go on; `epoch` counts from 0, `step` from 1; step 0 is before the first.
  static func notFinite(_ what: String, epoch: Int, step: Int) -> UserError {
    UserError(
      "training: \(what) is not finite (epoch \(epoch + 1), step \(step)); checkpoints from before are intact; try a "
        + "smaller training.learningRate, or training.precision float32")
  }
}
