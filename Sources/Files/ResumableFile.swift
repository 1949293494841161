public import Foundation

/// A file that is written item by item and goes on where it stopped, if its process ended: under its own name it is whole
/// or absent.
///
/// What is written goes to `.NAME.unfinished` beside it; `.NAME.unfinished.json` says what it is of and how much of it
/// holds. A process that finds both for the same work cuts off what came later and goes on behind it.
public final class ResumableFile {
  /// What is known of an unfinished file.
  private struct Progress: Codable {
    var work: String
    var items, bytes: Int
    var tally: [Int: Int]
  }

  /// How long what was written may be lost if the process is killed, seconds.
  private static let interval = Duration.seconds(1)

  private let url, aside, note: URL
  private let descriptor: Int32
  private var progress: Progress
  private var noted = ContinuousClock.now

  /// The items that are in it: how many to pass over.
  public var items: Int { progress.items }
  /// Whether nothing is in it.
  public var isEmpty: Bool { progress.bytes == 0 }
  /// What its writer has counted of the items that are in it.
  public var tally: [Int: Int] { progress.tally }

  /// Begins a file that will stand at `url`, or goes on with it.
  ///
  /// - Parameter work: a text that is another whenever other bytes would be written.
  public init(at url: URL, work: String) throws(UserError) {
    let folder = url.deletingLastPathComponent()
    self.url = url
    aside = folder.appending(path: ".\(url.lastPathComponent).unfinished")
    note = folder.appending(path: ".\(url.lastPathComponent).unfinished.json")
    let path = aside.path(percentEncoded: false)
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw UserError("\(url.path(percentEncoded: false)): cannot be written: \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw UserError("\(url.path(percentEncoded: false)): another process is writing it")
    }
    var size = stat()
    fstat(descriptor, &size)
    let known = (try? Data(contentsOf: note)).flatMap { try? JSONDecoder().decode(Progress.self, from: $0) }
    var progress = Progress(work: work, items: 0, bytes: 0, tally: [:])
    if let known, known.work == work, known.bytes <= Int(size.st_size) { progress = known }
    guard ftruncate(descriptor, off_t(progress.bytes)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
      close(descriptor)
      throw UserError("\(path): cannot be cut: \(String(cString: strerror(errno)))")
    }
    self.progress = progress
    // Last, so that an initialiser that throws leaves nothing to `deinit`: it has closed the file itself.
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Adds the bytes of some more items, of which `tally` is what has been counted with them.
  public func append(_ data: Data, items: Int, tally: [Int: Int] = [:]) throws(UserError) {
    let code = WholeFile.append(data, to: descriptor)
    guard code == 0 else { throw failure(code) }
    progress.items += items
    progress.bytes += data.count
    progress.tally = tally
    guard ContinuousClock.now - noted > Self.interval else { return }
    try keep()
    noted = .now
  }

  /// Brings what was written to the disk and notes how far it goes.
  public func keep() throws(UserError) {
    guard fsync(descriptor) == 0 else { throw failure(errno) }
    guard let data = try? JSONEncoder().encode(progress) else { return }
    try WholeFile.save(data, to: note)
  }

  /// Gives the file its name, in place of what has it.
  public func finish() throws(UserError) {
    guard fsync(descriptor) == 0, rename(aside.path, url.path) == 0 else { throw failure(errno) }
    unlink(note.path)
    try? WholeFile.synchronize(url.deletingLastPathComponent())
  }

  private func failure(_ code: Int32) -> UserError {
    UserError("\(url.path(percentEncoded: false)): cannot be written: \(String(cString: strerror(code)))")
  }
}
