import Foundation
import Testing

@testable import Media

/// Files that name others are not followed, whatever they are called.
@Suite struct PlaylistTests {
  /// Playlists of a fixture, by its path.
  private func playlists(of name: String) throws -> [[UInt8]] {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let path = folder.appending(path: name).path(percentEncoded: false)
    try #require(FileManager.default.fileExists(atPath: path))
    return [
      "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.5,\n\(path)\n#EXT-X-ENDLIST\n",
      "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.5,\nfile:\(path)\n#EXT-X-ENDLIST\n",
      "ffconcat version 1.0\nfile '\(path)'\n", "ffconcat version 1.0\nfile 'file:\(path)'\n",
      "[playlist]\nFile1=\(path)\nNumberOfEntries=1\n", path,
    ].map { Array($0.utf8) }
  }

  @Test(arguments: ["chirp.wav", "chirp.m4a", "film.mp4"]) func soundsNameNoFiles(name: String) throws {
    for list in try playlists(of: name) {
      let error = #expect(throws: MediaError.self) {
        try AudioDecoder.decode(list, name: "a.wav", sampleRate: 16000, maximumSeconds: 1)
      }
      #expect(error?.name == "a.wav")
    }
  }

  @Test(arguments: ["film.mp4", "film.mkv"]) func filmsNameNoFiles(name: String) throws {
    for list in try playlists(of: name) {
      let error = #expect(throws: MediaError.self) { _ = try VideoReader(list, name: "a.mp4") }
      #expect(error?.name == "a.mp4")
    }
  }

  @Test func picturesNameNoFiles() throws {
    for list in try playlists(of: "rgb.png") {
      #expect(throws: MediaError.self) { try ImageDecoder.decode(list, name: "a.png", color: .rgb) }
    }
  }
}
