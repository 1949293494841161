import Archive
import Dispatch
import Media
import Synchronization

/// A picture that is decoded on another thread.
final class PendingPicture: Sendable {
  /// The path of the source that it is in, and the name of its entry.
  let path, entry: String
  /// Its bytes as they are stored.
  let byteCount: Int
  private let result: Mutex<Result<DecodedImage, ArchiveError>>
  private let isDone = DispatchSemaphore(value: 0)

  /// Has an entry's bytes decoded on `workers`.
  init(_ bytes: [UInt8], of entry: ArchiveEntry, _ options: PictureOptions, on workers: DispatchQueue) {
    path = entry.path
    self.entry = entry.name
    byteCount = bytes.count
    result = Mutex(.failure(entry.problem("was not decoded")))
    workers.async { [self] in
      let outcome = Result { () throws(ArchiveError) in
        try options.decode(bytes, path: path, entry: self.entry)
      }
      result.withLock { $0 = outcome }
      isDone.signal()
    }
  }

  /// Waits for the picture, or for what is wrong with it. To be called once.
  func wait() -> Result<DecodedImage, ArchiveError> {
    isDone.wait()
    return result.withLock { $0 }
  }

  /// An error about this picture.
  func problem(_ message: String) -> ArchiveError { ArchiveError(path: path, entry: entry, message: message) }
}
