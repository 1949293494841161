import Files
import IICCore
import Testing

@testable import TextModality

/// Texts are shown as they were written, though samples hold numbers only.
@Suite struct PreviewTests {
  @Test func textsAreReadAgain() throws {
    let workspace = try Workspace()
    try workspace.write("first line\n\nsecond <b>line</b>\nthird\n", to: "lines.txt")
    let modality = try workspace.modality("source: lines.txt")
    let dataset = try modality.dataset(cache: workspace.cache)
    #expect(try modality.previews(of: [1, 0], in: dataset) == [.text("second <b>line</b>"), .text("first line")])
    try workspace.write("first line\n", to: "lines.txt")
    #expect { _ = try modality.previews(of: [1], in: dataset) } throws: { "\($0)".contains("any more") }
  }
}
