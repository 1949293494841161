import Archive
import Files
import IICCore
import Media
import Reading

/// The frames that were kept, in the order of the samples, and what had to be left out.
struct FrameList {
  private let path: String
  private let skipsUndecodable: Bool
  private var ids: [String] = []
  private var groups: [Int] = []
  private var clips: [String] = []
  private var numbers: [String: Int] = [:]
  private var undecodable = LeftOut(), cut = LeftOut()

  init(path: String, skipsUndecodable: Bool) {
    self.path = path
    self.skipsUndecodable = skipsUndecodable
  }

  /// Adds the next frame.
  mutating func append(_ id: String, clip: String) {
    ids.append(id)
    groups.append(number(of: clip))
  }

  private mutating func number(of clip: String) -> Int {
    if let number = numbers[clip] { return number }
    numbers[clip] = clips.count
    clips.append(clip)
    return clips.count - 1
  }

  /// Whether frames of a clip were added.
  func has(_ clip: String) -> Bool { numbers[clip] != nil }

  /// Notes that a clip has more frames than are kept.
  mutating func noteCut(_ clip: String) { cut.add(clip, because: "only the first data.maxFrames") }

  /// Notes that an entry cannot be decoded, or throws that.
  mutating func noteUndecodable(_ entry: String, _ error: MediaError) throws(UserError) {
    let place = ArchiveError(path: path, entry: entry, message: error.message)
    guard skipsUndecodable else { throw UserError("\(place)\(Undecodable.hint)") }
    undecodable.add(entry, because: error.message, behind: ids.count)
  }

  /// Describes the frames. Throws if there are none.
  func description(_ shape: FrameShape, _ labels: ClipLabels) throws(UserError) -> DatasetDescription {
    let notes =
      undecodable.notes(of: "files, or films from some frame on, that cannot be decoded")
      + cut.notes(of: "clips", "kept in part")
    guard !ids.isEmpty else {
      throw UserError((["\(path): found no frame that can be used"] + notes).joined(separator: "; "))
    }
    var description = DatasetDescription(
      shape: shape.sampleShape, element: .uint8, ids: ids, groups: groups, groupIDs: clips)
    description.notes = notes
    description.unread = undecodable.items
    if let classes = try labels.classes(groups: groups, clips: clips) { description.setClasses(classes) }
    return description
  }
}
