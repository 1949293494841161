import Files
import Foundation
import IICCore
import Testing
import Torch

@testable import IICCommands

@Suite struct ContactSheetTests {
  /// Views of 32 x 32, each of one colour.
  private func views(_ colours: [[Float]]) throws -> View {
    let values = colours.flatMap { colour in colour.flatMap { Array(repeating: $0, count: 32 * 32) } }
    return View(try Tensor(values, shape: [colours.count, 3, 32, 32]))
  }

  @Test func coloursAreKeptAndEachItemHasARow() throws {
    let pair = ViewPair(
      base: try views([[1, 0, 0], [0, 0, 1]]), transformed: try views([[0, 1, 0], [1, 1, 1]]))
    let file = try ContactSheet(pair).file
    // Two rows of two views, twice enlarged, with gaps of 4 and one more behind the base view.
    #expect(file.channels == 3 && file.width == 2 * 68 + 8 && file.height == 2 * 68 + 4)
    func colour(_ row: Int, _ column: Int) -> [UInt8] {
      Array(file.bytes[((row * file.width + column) * 3)...].prefix(3))
    }
    #expect(colour(4, 4) == [255, 0, 0] && colour(67, 67) == [255, 0, 0])
    #expect(colour(4, 76) == [0, 255, 0] && colour(72, 4) == [0, 0, 255] && colour(72, 76) == [255, 255, 255])
    #expect(colour(0, 0) == [128, 128, 128] && colour(10, 72) == [128, 128, 128])
  }

  @Test func valuesBeyondBlackAndWhiteAreScaled() throws {
    let pair = ViewPair(base: try views([[-1, 1, 3]]), transformed: try views([[-1, -1, 3]]))
    let file = try ContactSheet(pair).file
    let place = (4 * file.width + 4) * 3
    #expect(Array(file.bytes[place...].prefix(3)) == [0, 128, 255])
  }

  @Test func viewsWithoutHeightAndWidthAreRefused() throws {
    let pair = ViewPair(base: View(try .zeros([2, 5])), transformed: View(try .zeros([8, 5])))
    let error = #expect(throws: UserError.self) { try ContactSheet(pair) }
    #expect(error?.description.contains("only views [C, H, W] can be drawn") == true)
  }

  /// The sheet is tried before the work, and nothing is reported.
  @Test func vectorsHaveNoSheet() throws {
    let folder = try Workspace()
    let rows = (0..<12).map { "\($0),\($0 % 3)" }
    try folder.write(Array((["x,y"] + rows).joined(separator: "\n").utf8), to: "v.csv")
    let manifest = """
      name: vectors
      modality: vector
      data: {source: v.csv, format: csv}
      heads: {main: {clusters: 2}}
      training: {epochs: 1, batch: 8, repeats: 2, threads: 1}
      """
    try folder.write(Array(manifest.utf8), to: "v.yaml")
    let outcome = try iic("inspect", "v.yaml", "--sheet", "pairs.png", in: folder)
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("only views [C, H, W] can be drawn"))
    #expect(!folder.exists("pairs.png"))
  }
}
