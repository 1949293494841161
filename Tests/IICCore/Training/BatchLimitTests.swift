import Files
import Manifest
import Testing

@testable import IICCore

@Suite struct BatchLimitTests {
  private func training(_ batch: Int, _ repeats: Int) throws -> TrainingConfiguration {
    try ManifestDocument(text: "epochs: 1\nbatch: \(batch)\nrepeats: \(repeats)").read(TrainingConfiguration.self)
      .configuration
  }

  /// Whatever the numbers, a batch that a message suggests is one that the data and the manifest allow.
  @Test(arguments: [1, 2, 3, 7, 64]) func whatIsSuggestedIsAllowed(repeats: Int) throws {
    let batch = try training(40 * repeats, repeats)
    for count in 0...41 {
      guard count < 40 else {
        try batch.validate(itemCount: count)
        continue
      }
      let error = try #require(#expect(throws: UserError.self) { try batch.validate(itemCount: count) })
      #expect(error.key == "training.batch")
      let suggestion = error.problem.firstMatch(of: /allows a batch of ([0-9]+) at most/)
      if count < 2 {
        #expect(suggestion == nil)
        #expect(error.problem.hasSuffix("has \(count), too few for any batch; expected 2 or more"))
      } else {
        let suggested = try #require(suggestion.flatMap { Int($0.1) })
        try training(suggested, repeats).validate(itemCount: count)
        // And it is the largest.
        #expect(throws: UserError.self) { try training(suggested + repeats, repeats).validate(itemCount: count) }
      }
    }
  }
}
