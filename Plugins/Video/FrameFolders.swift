import Archive
import Foundation
import IICCore
import Media

/// Reads folders of pictures, each a clip: one picture is in memory at a time.
///
/// The frames of a clip follow each other in the order of their names, where numbers count as such: `f9` is before
/// `f10`. They may lie in an archive in any order.
struct FrameFolders {
  let sampling: FrameSampling
  let shape: FrameShape

  /// The most bytes of a picture: 256 MiB.
  private static let fileLimit = 1 << 28

  /// Reads the frames that are kept. They are called by their names.
  func read(_ source: DataSource, into frames: inout FrameList, _ writer: inout SampleWriter) throws {
    var wanted = try self.wanted(source, &frames)
    try source.forEachEntry { entry in
      guard let clip = wanted.removeValue(forKey: entry.name) else { return true }
      do {
        let bytes = try entry.readAll(limit: Self.fileLimit)
        let image = try ImageDecoder.decode(
          bytes, name: entry.name, color: shape.color, maximumPixels: FrameShape.maximumPixels,
          orientation: shape.orientation
        ) { size throws(MediaError) in try shape.resized(size, of: entry.name) }
        try writer.append(shape.cut(image.pixels, width: image.width, height: image.height))
        frames.append(entry.name, clip: clip)
      } catch let error as MediaError {
        try frames.noteUndecodable(entry.name, error)
      }
      return true
    }
  }

  /// The entries that are kept, each with its clip.
  private func wanted(_ source: DataSource, _ frames: inout FrameList) throws -> [String: String] {
    var clips: [String: [String]] = [:]
    for name in try source.names() { clips[Self.clip(of: name), default: []].append(name) }
    var wanted: [String: String] = [:]
    for (clip, names) in clips.sorted(by: { $0.key < $1.key }) {
      var decision = FrameSampling.Decision(sampling)
      for (index, name) in Self.ordered(names).enumerated() {
        let choice = decision.choice(index: index, time: nil)
        if choice == .beyondLimit {
          frames.noteCut(clip)
          break
        }
        guard choice == .kept else { continue }
        guard wanted.updateValue(clip, forKey: name) == nil else {
          throw ArchiveError(
            path: source.path, entry: name, message: "found twice; expected one frame of this name")
        }
      }
    }
    return wanted
  }

  /// The folder that a frame is in.
  private static func clip(of name: String) -> String {
    let folders = name.split(separator: "/").dropLast()
    return folders.isEmpty ? "." : folders.joined(separator: "/")
  }

  /// Names in the order in which frames follow each other.
  static func ordered(_ names: [String]) -> [String] {
    names.sorted { one, other in
      switch one.compare(other, options: [.numeric]) {
      case .orderedAscending: true
      case .orderedDescending: false
      case .orderedSame: one < other
      }
    }
  }
}
