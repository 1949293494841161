import Archive
import IICCore
import Media

/// Reads films, each a clip: one file and one frame are in memory at a time.
struct FilmReader {
  let sampling: FrameSampling
  let shape: FrameShape

  /// The most bytes of a file: 1 GiB. It is read whole.
  private static let fileLimit = 1 << 30

  /// Reads every film of a source. Frames are called by the film's name and their place in it: `clips/a.mp4#12`.
  func read(_ source: DataSource, into frames: inout FrameList, _ writer: inout SampleWriter) throws {
    try source.forEachEntry { entry in
      guard !frames.has(entry.name) else {
        throw ArchiveError(
          path: source.path, entry: entry.name, message: "found twice; expected one film of this name")
      }
      do {
        try read(entry, into: &frames, &writer)
      } catch let error as MediaError {
        try frames.noteUndecodable(entry.name, error)
      }
      return true
    }
  }

  private func read(_ entry: ArchiveEntry, into frames: inout FrameList, _ writer: inout SampleWriter) throws {
    let film = try VideoReader(
      entry.readAll(limit: Self.fileLimit), name: entry.name, maximumPixels: FrameShape.maximumPixels,
      orientation: shape.orientation)
    var decision = FrameSampling.Decision(sampling)
    var index = 0
    while try film.advance() {
      switch decision.choice(index: index, time: film.time, unit: film.timeUnit) {
      case .leftOut: break
      case .beyondLimit:
        frames.noteCut(entry.name)
        return
      case .kept:
        let size = try shape.resized(film.size, of: entry.name)
        let frame = try film.frame(width: size.width, height: size.height, color: shape.color)
        try writer.append(shape.cut(frame.pixels, width: size.width, height: size.height))
        frames.append("\(entry.name)#\(index)", clip: entry.name)
      }
      index += 1
    }
    guard decision.count > 0 else {
      throw MediaError(
        name: entry.name,
        message: index == 0
          ? "found no picture" : "found no times of frames, which data.framesPerSecond needs; use data.every")
    }
  }
}
