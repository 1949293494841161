import Testing

@testable import Media

/// `Fixtures/make_films.sh` says what the films show.
@Suite struct VideoReaderTests {
  static let films = ["film.mkv", "film.mp4", "film.webm", "film.avi", "film.ogv", "film.flv", "film.gif"]

  /// Reads a film to its end.
  private func times(_ bytes: [UInt8], maximumPixels: Int = 1 << 26) throws -> [Double?] {
    let reader = try VideoReader(bytes, name: "film", maximumPixels: maximumPixels)
    var times: [Double?] = []
    while try reader.advance() {
      #expect(reader.size == (32, 24))
      times.append(reader.time)
    }
    return times
  }

  @Test(arguments: films) func everyFrameIsReadWithItsTime(name: String) throws {
    let times = try times(fixture(name))
    #expect(times.count == 15)
    for (place, time) in times.enumerated() {
      let time = try #require(time)
      #expect(abs(time - 0.1 * Double(place)) < 1e-3)
    }
  }

  /// Times are the file's, rounded to its unit, and begin at 0 wherever the file's do.
  @Test(arguments: [
    ("sixty.mkv", 30, 60.0, 0.001), ("thirty.gif", 15, 30.0, 0.01), ("late.ts", 15, 30.0, 1 / 90000.0),
  ])
  func timesAreRoundedToTheFilesUnit(name: String, count: Int, rate: Double, unit: Double) throws {
    let reader = try VideoReader(fixture(name), name: name)
    var times: [Double] = []
    while try reader.advance() { times.append(try #require(reader.time)) }
    #expect(times.count == count && abs(reader.timeUnit - unit) < 1e-12)
    for (place, time) in times.enumerated() {
      #expect(abs(time - (Double(place) / rate / unit).rounded() * unit) < 1e-9)
    }
  }

  @Test func framesAreReadPixelForPixel() throws {
    let reader = try VideoReader(fixture("film.mkv"), name: "film.mkv")
    for index in 0..<15 {
      #expect(try reader.advance())
      let frame = try reader.frame(width: 32, height: 24, color: .rgb)
      var expected: [UInt8] = []
      for row in 0..<24 {
        for column in 0..<32 { expected += [10 * index, 8 * column, 10 * row].map { UInt8($0) } }
      }
      #expect(frame.index == index && frame.pixels == expected)
    }
    #expect(try !reader.advance())
  }

  @Test func framesAreResized() throws {
    let reader = try VideoReader(fixture("film.mkv"), name: "film.mkv")
    #expect(try reader.advance())
    let frame = try reader.frame(width: 8, height: 6, color: .grey)
    // A pixel is the mean of 4 x 4: green is 8 (4 x + 1.5), blue 10 (4 y + 1.5).
    for row in 0..<6 {
      for column in 0..<8 {
        let expected = 0.587 * (32 * Double(column) + 12) + 0.114 * (40 * Double(row) + 15)
        #expect(abs(Double(frame.pixels[8 * row + column]) - expected) < 3)
      }
    }
  }

  @Test(arguments: films, [0.0, 0.02, 0.1, 0.6])
  func aFilmCutShortIsAnError(name: String, part: Double) throws {
    let bytes = try fixture(name)
    let error = #expect(throws: MediaError.self) { try times(Array(bytes.prefix(Int(part * Double(bytes.count))))) }
    #expect(error?.name == "film")
  }

  @Test(arguments: ["rgb.png", "stereo.wav", "make.py"])
  func whatIsNoFilmIsAnError(name: String) throws {
    #expect(throws: MediaError.self) { try times(fixture(name)) }
  }

  @Test(arguments: films) func largerFramesThanAllowedAreAnError(name: String) throws {
    #expect(throws: MediaError.self) { try times(fixture(name), maximumPixels: 24 * 32 - 1) }
  }

  /// A table may give every packet of a second stream the same bytes: a small file then takes long to read.
  @Test func theSameBytesInEveryPacketAreAnError() throws {
    var bytes = try fixture("silent.mp4")
    #expect(try times(bytes).count == 200)
    let name = Array("stsz".utf8)
    let table = try #require((0..<(bytes.count - 12)).last { Array(bytes[$0..<($0 + 4)]) == name })
    // The size of all 197 packets, 900,000 bytes.
    bytes.replaceSubrange((table + 8)..<(table + 12), with: [0, 13, 187, 160])
    bytes += [UInt8](repeating: 0, count: 2_000_000)
    let error = #expect(throws: MediaError.self) { try times(bytes) }
    #expect(error?.message.contains("far more packets") == true)
  }

  /// FFmpeg itself allows 16000 x 16000.
  @Test(arguments: [16000, 65535]) func anEnormousScreenIsAnError(side: Int) throws {
    var bytes = try fixture("film.gif")
    for place in [6, 8] {
      bytes[place] = UInt8(side & 255)
      bytes[place + 1] = UInt8(side >> 8)
    }
    #expect(throws: MediaError.self) { try times(bytes) }
  }
}
