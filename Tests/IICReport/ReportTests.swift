import Files
import Foundation
import IICCore
import Testing

@testable import IICReport

@Suite struct ReportTests {
  private func members(_ count: Int) -> [ReportContent.Member] {
    (0..<count).map {
      ReportContent.Member(
        id: "\($0)", label: nil, main: 0, auxiliary: -1, probability: 1, margin: 1, isSure: true)
    }
  }

  @Test func nothingOfTheDataIsEverMarkup() throws {
    let evil = "</script><script>alert(1)</script>{{data}}"
    let json = Data(try JSONEncoder().encode([evil]))
    let page = String(decoding: ReportPage.html(title: evil, json), as: UTF8.self)
    #expect(page.components(separatedBy: "<script").count == 3)
    #expect(!page.contains("alert") || page.contains("&lt;script&gt;alert"))
    #expect(page.components(separatedBy: "alert").count == 3)  // escaped, in the title and the heading
    #expect(!page.contains("{{script}}") && !page.contains("{{style}}") && !page.contains("{{title}}"))
    // Nothing is fetched from anywhere.
    #expect(!page.contains("https://") && !page.contains("src="))
    let packed = try #require(page.firstMatch(of: /id="data">([A-Za-z0-9+\/=]+)</))
    #expect(Data(base64Encoded: String(packed.output.1)) == Data(ZlibStream.deflated(Array(json))))
  }

  @Test func muLawIsTheStandards() {
    // ITU-T G.711: the code of 0 is 0xff, of the loudest samples 0x80 and 0x00, of -0 0x7f.
    #expect(WaveFile.muLaw(0) == 0xff && WaveFile.muLaw(1) == 0x80 && WaveFile.muLaw(-1) == 0x00)
    // Decoded as the standard says, within the step of its segment.
    for sample in stride(from: Float(-1), through: 1, by: 0.013) {
      let code = ~WaveFile.muLaw(sample)
      let (exponent, mantissa) = (Int(code >> 4 & 7), Int(code & 15))
      let magnitude = ((mantissa << 3) + 132) << exponent - 132
      let value = Float(code & 128 == 0 ? magnitude : -magnitude) / 32767
      #expect(abs(value - sample) <= Float(8 << exponent) / 32767 + 0.005, "\(sample): \(value)")
    }
  }

  @Test func aSheetHoldsEveryBitmapWhereItSays() throws {
    let bitmaps = try (0..<400).map { item in
      let bytes = (0..<(4 * 2 * 3)).map { UInt8((item + $0) % 256) }
      return ItemPreview.bitmap(try #require(.init(width: 4, height: 2, channels: 3, bytes: bytes)))
    }
    var members = members(400)
    let sheets = GalleryMaker.draw(bitmaps, side: 8, on: &members)
    #expect(sheets.count == 2 && sheets.allSatisfy { $0.hasPrefix("data:image/png;base64,") })
    let places = members.compactMap(\.place)
    #expect(places.count == 400 && Set(places).count == 400 && places.allSatisfy { $0[3] == 4 && $0[4] == 2 })
  }

  @Test func longThingsAreShortened() throws {
    var members = members(2)
    let text = String(repeating: "a", count: 1000)
    _ = GalleryMaker.draw([.text(text), .series([Array(repeating: 2, count: 1000)])], side: 8, on: &members)
    #expect(try #require(members[0].text).count == 401)
    let series = try #require(members[1].series)
    #expect(series[0].count <= 256 && series[0].allSatisfy { $0 == 2 })
  }

  @Test func coloursDiffer() {
    let colours = (0..<200).map(Palette.hex)
    #expect(Set(colours).count > 195 && colours.allSatisfy { $0.wholeMatch(of: /#[0-9a-f]{6}/) != nil })
  }
}
