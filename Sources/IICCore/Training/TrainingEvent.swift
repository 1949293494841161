/// What happens while a network is trained.
public enum TrainingEvent {
  /// So many steps of an epoch are done.
  case step(Int, of: Int, TrainingState)
  /// An epoch is done; the state is at the beginning of the next.
  case epoch(EpochRecord, TrainingState)
  /// Of several initialisations one was chosen to go on.
  case chosen(restart: Int, loss: Double, TrainingState)
}
