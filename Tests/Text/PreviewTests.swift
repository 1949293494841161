import Files
import IICCore
import Testing
import Torch

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

  @Test(arguments: ["bytes", "ngrams", "words"]) func textsLoseOneWordEach(kind: String) throws {
    let workspace = try Workspace()
    try workspace.write("one two  drei\nvier 🙂fünf\nsechs\n", to: "lines.txt")
    let modality = try workspace.modality("source: lines.txt, tokens: {kind: \(kind), length: 24}")
    let dataset = try modality.dataset(cache: workspace.cache)
    let (parts, samples) = try #require(try modality.withoutParts(of: "one two  drei", in: dataset))
    #expect(parts == [0..<3, 4..<7, 9..<13] && samples.shape == [3, 24])
    // What is left of a text is what the text without the word would be.
    try workspace.write(" two  drei\none   drei\none two  \n", to: "less.txt")
    let less = try workspace.modality("source: less.txt, tokens: {kind: \(kind), length: 24}")
      .dataset(cache: workspace.cache, fitted: dataset.description.fitted ?? FittedState())
    #expect(try samples.integers() == less.samples(at: [0, 1, 2]).to(.int64).integers())
    // Beyond ASCII the places are JavaScript's, and one word has nothing beside it.
    #expect(try modality.withoutParts(of: "vier 🙂fünf", in: dataset)?.parts == [0..<4, 5..<11])
    #expect(try modality.withoutParts(of: "sechs", in: dataset) == nil)
  }
}
