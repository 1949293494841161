/// What happens while a network is trained.
public enum TrainingEvent {
  /// So many steps of an epoch are done.
  case step(Int, of: Int, TrainingState)
  /// An epoch is done, and evaluated where that is due; the state is at the beginning of the next.
  case epoch(EpochRecord, TrainingState)
  /// Of several initialisations one was chosen to go on.
  case chosen(restart: Int, loss: Double, TrainingState)
}

/// Follows a training. Several may follow one: each sees an event after those before it, and none changes it.
public protocol TrainingObserver: AnyObject {
  /// Takes notice of what has happened. What is thrown ends the training.
  func see(_ event: TrainingEvent) throws
}
