import Files
import Foundation

/// The checkpoints of a run: folders named by how many were written before, the last few of which are kept.
struct CheckpointStore: Sendable {
  /// What is there.
  struct Found {
    /// The newest checkpoint that is whole; nil if none is.
    let checkpoint: Checkpoint?
    /// What is wrong with newer ones, a line each.
    let passedOver: [String]
    /// Those of them that can never be read again.
    let damaged: [URL]
  }

  let folder: URL
  /// How many are kept.
  let keep: Int

  private var path: String { folder.path(percentEncoded: false) }

  /// Whether the folder is there, be it empty or one that cannot be read.
  var exists: Bool {
    var status = stat()
    return stat(path, &status) == 0 || errno != ENOENT
  }

  /// The folders in order, the newest last; none if there is no folder for them yet.
  private func numbers() throws -> [Int] {
    guard exists else { return [] }
    do {
      let names = try FileManager.default.contentsOfDirectory(atPath: path)
      return names.compactMap { $0.count == 8 ? Int($0) : nil }.sorted()
    } catch {
      throw UserError("\(path): cannot be read: \(error.localizedDescription)")
    }
  }

  private func place(_ number: Int) -> URL {
    let digits = String(number)
    return folder.appending(path: String(repeating: "0", count: max(0, 8 - digits.count)) + digits)
  }

  /// Makes the folder, if it is not there, and brings its name to the disk.
  func prepare() throws {
    guard !exists else { return }
    guard mkdir(path, 0o777) == 0 else {
      throw UserError("\(path): cannot be made: \(String(cString: strerror(errno)))")
    }
    do {
      try WholeFile.synchronize(folder.deletingLastPathComponent())
    } catch {
      throw UserError("\(path): cannot be made: \(error)")
    }
  }

  /// Writes a checkpoint aside, gives it its name when it is whole, then removes the oldest ones.
  func write(_ checkpoint: Checkpoint) throws {
    try prepare()
    let older = try numbers()
    let files = FileManager.default
    let aside = folder.appending(path: WholeFile.nameAside())
    do {
      try files.createDirectory(at: aside, withIntermediateDirectories: false)
      defer { try? files.removeItem(at: aside) }
      try checkpoint.write(to: aside)
      try files.moveItem(at: aside, to: place((older.last ?? 0) + 1))
      // Before older ones go.
      try WholeFile.synchronize(folder)
    } catch {
      throw UserError("\(path): a checkpoint cannot be written: \(error)")
    }
    for number in older.dropLast(keep - 1) { try? files.removeItem(at: place(number)) }
  }

  /// Looks for the newest checkpoint that is whole. Throws if the folder itself cannot be read.
  func newest() throws -> Found {
    var passedOver: [String] = []
    var damaged: [URL] = []
    for number in try numbers().reversed() {
      let place = place(number)
      let name = place.path(percentEncoded: false)
      do {
        return Found(checkpoint: try Checkpoint(from: place), passedOver: passedOver, damaged: damaged)
      } catch let error as Checkpoint.OtherVersion {
        passedOver.append(
          "\(name) was written by another version of this program: found layout \(error.found); expected "
            + "\(CheckpointState.version)")
      } catch {
        passedOver.append("\(name) is damaged: \(error)")
        if Self.isLasting(error) { damaged.append(place) }
      }
    }
    return Found(checkpoint: nil, passedOver: passedOver, damaged: damaged)
  }

  /// Removes what is damaged, so that it is not counted among those that are kept.
  func remove(_ damaged: [URL]) {
    for place in damaged { try? FileManager.default.removeItem(at: place) }
  }

  /// Whether a checkpoint is damaged for good; a file that cannot be read now may be later.
  private static func isLasting(_ error: any Error) -> Bool {
    if error is UserError { return true }
    let code = (error as? CocoaError)?.code
    return code == .fileReadNoSuchFile || code == .fileNoSuchFile
  }
}
