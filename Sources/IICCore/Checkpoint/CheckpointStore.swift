import Foundation

/// The checkpoints of a run: folders named by how many were written before, the last few of which are kept.
struct CheckpointStore: Sendable {
  let folder: URL
  /// How many are kept.
  let keep: Int

  /// The folders in order, the newest last.
  private var numbers: [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
    return names.compactMap { $0.count == 8 ? Int($0) : nil }.sorted()
  }

  private func place(_ number: Int) -> URL {
    let digits = String(number)
    return folder.appending(path: String(repeating: "0", count: max(0, 8 - digits.count)) + digits)
  }

  /// Writes a checkpoint aside, gives it its name when it is whole, then removes the oldest ones.
  func write(_ checkpoint: Checkpoint) throws {
    let files = FileManager.default
    let aside = folder.appending(path: WholeFile.nameAside())
    do {
      try files.createDirectory(at: aside, withIntermediateDirectories: true)
      defer { try? files.removeItem(at: aside) }
      try checkpoint.write(to: aside)
      try files.moveItem(at: aside, to: place((numbers.last ?? 0) + 1))
      // Before older ones go.
      try WholeFile.synchronize(folder)
    } catch {
      throw DataError("\(folder.path(percentEncoded: false)): a checkpoint cannot be written: \(error)")
    }
    for number in numbers.dropLast(keep) { try? files.removeItem(at: place(number)) }
  }

  /// The newest checkpoint that is whole, with what is wrong with newer ones; nil if none is.
  func newest() -> (checkpoint: Checkpoint?, passedOver: [String]) {
    var passedOver: [String] = []
    for number in numbers.reversed() {
      do {
        return (try Checkpoint(from: place(number)), passedOver)
      } catch let error as Checkpoint.OtherVersion {
        passedOver.append(
          "\(place(number).path(percentEncoded: false)) was written by another version of this program: found layout "
            + "\(error.found); expected \(CheckpointState.version)")
      } catch {
        passedOver.append("\(place(number).path(percentEncoded: false)) is damaged: \(error)")
      }
    }
    return (nil, passedOver)
  }
}

/// The `checkpoint` section of a manifest.
public struct CheckpointConfiguration: Sendable, ManifestSection {
  /// The time between checkpoints, minutes. One is written at the end of each epoch as well.
  public let minutes: Double
  /// The steps between checkpoints; nil goes by the time alone.
  public let steps: Int?
  /// How many are kept.
  public let keep: Int

  public init(from section: SectionReader) throws(ManifestError) {
    minutes = try section.number(
      "minutes", default: 10, in: .positive, "minutes between checkpoints, beside one at the end of each epoch")
    steps = try section.integer(
      "steps", default: nil, in: 1...1_000_000_000, "steps between checkpoints; if absent, by time alone")
    keep = try section.integer("keep", default: 2, in: 1...1000, "how many of the last ones are kept")
  }
}
