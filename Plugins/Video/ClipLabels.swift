import Files
import IICCore
import Reading

/// What the class of a frame is. Evaluation alone looks at it.
enum ClipLabels: String, CaseIterable, Sendable {
  case none
  /// Its clip.
  case clip
  /// The name of the folder that its clip is in.
  case folder

  /// The class of a clip's frames; empty if it is unknown.
  private func label(of clip: String) -> String {
    switch self {
    case .none: return ""
    case .clip: return clip
    case .folder: return EntryPath(clip).folder ?? ""
    }
  }

  /// The class of every frame, nil if none are asked for. Throws if none is known.
  func classes(groups: [Int], clips: [String]) throws(UserError) -> ClassNumbers? {
    guard self != .none else { return nil }
    let labels = clips.map(label)
    guard labels.contains(where: { !$0.isEmpty }) else {
      throw UserError("folder finds no clip in a folder; the first is \"\(clips.first ?? "")\"", key: "data.labels")
    }
    let classes = try ClassNumbers(labels) { "clip \"\(clips[$0])\"" }
    return ClassNumbers(numbers: groups.map { classes.numbers[$0] }, names: classes.names)
  }
}
