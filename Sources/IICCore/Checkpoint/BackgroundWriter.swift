import Dispatch
import Synchronization

/// Runs writes one after the other on a queue of its own, so that training does not wait for the disk.
///
/// One write may be waiting; who brings another waits for the first. What fails is thrown at the next call.
final class BackgroundWriter: Sendable {
  private let queue = DispatchQueue(label: "iic.writer", qos: .utility)
  private let places = DispatchSemaphore(value: 2)
  private let failure = Mutex<(any Error)?>(nil)

  /// Hands over a write.
  func submit(_ write: @escaping @Sendable () throws -> Void) throws {
    try rethrow()
    places.wait()
    queue.async { [self] in
      defer { places.signal() }
      do {
        try write()
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
  }

  /// Waits until everything is written.
  func finish() throws {
    queue.sync {}
    try rethrow()
  }

  private func rethrow() throws {
    let error = failure.withLock { stored in
      defer { stored = nil }
      return stored
    }
    if let error { throw error }
  }
}
