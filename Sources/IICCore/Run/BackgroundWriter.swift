import Dispatch
import Synchronization

/// Writes on a queue of its own what training hands over, so that training does not wait for the disk.
///
/// While one is written another may wait. What is handed over then is joined with the one that waits, so that never
/// more than two are in memory. After a failure nothing more is written, and every call from then on throws it.
final class BackgroundWriter<Work: Sendable>: Sendable {
  private struct Contents {
    var waiting: Work?
    var failure: (any Error)?
  }

  private let queue = DispatchQueue(label: "iic.writer", qos: .utility)
  private let contents = Mutex(Contents())
  private let join: @Sendable (_ older: Work, _ newer: Work) -> Work
  private let write: @Sendable (Work) throws -> Void

  /// Hands over to `write`; of two that wait, `join` makes the one that is written.
  init(
    join: @escaping @Sendable (_ older: Work, _ newer: Work) -> Work,
    write: @escaping @Sendable (Work) throws -> Void
  ) {
    self.join = join
    self.write = write
  }

  /// Hands over what is to be written, and does not wait.
  func submit(_ work: Work) throws {
    let failure = contents.withLock { contents -> (any Error)? in
      if contents.failure == nil { contents.waiting = contents.waiting.map { join($0, work) } ?? work }
      return contents.failure
    }
    if let failure { throw failure }
    queue.async { [self] in writeWaiting() }
  }

  /// Waits until everything is written.
  func finish() throws {
    queue.sync {}
    let failure = contents.withLock { $0.failure }
    if let failure { throw failure }
  }

  /// Does nothing where what was handed over has been joined with something that is written already.
  private func writeWaiting() {
    let work = contents.withLock { contents -> Work? in
      defer { contents.waiting = nil }
      return contents.failure == nil ? contents.waiting : nil
    }
    guard let work else { return }
    do {
      try write(work)
    } catch {
      contents.withLock { $0.failure = error }
    }
  }
}
