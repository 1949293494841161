import Foundation
import Testing
import TextModality
import Torch

@testable import IICCore

/// The vocabulary of a run's texts is the run's, whatever texts it is used on.
@Suite struct VocabularyTests {
  @Test func otherTextsAreReadByTheRunsVocabulary() throws {
    let folder = try Workspace()
    try folder.write("red red red green green blue\nred green\n", to: "data/a.txt")
    try folder.write("blue blue blue green\nblue violet\n", to: "other/b.txt")
    let tokens = "tokens: {kind: words, vocabulary: 2, length: 4}"
    let first = try folder.dataset("source: data, \(tokens)")
    let fitted = try #require(first.description.fitted)
    // The most frequent words, from id 2; id 1 is every other word.
    #expect(fitted.texts == ["vocabulary": ["red", "green"]])
    let modality = try folder.modality("source: other, \(tokens)")
    let other = try modality.dataset(cache: folder.cache, fitted: fitted)
    #expect(try other.samples(at: [0, 1]).integers() == [1, 1, 1, 3, 1, 1, 0, 0])
    #expect(other.description.fitted == fitted)
    // Their own vocabulary numbers them otherwise.
    #expect(try modality.dataset(cache: folder.cache).samples(at: [0, 1]).integers() == [2, 2, 2, 3, 2, 1, 0, 0])
  }

  /// Kinds of tokens that fit nothing read other texts alike.
  @Test func hashedTokensFitNothing() throws {
    let folder = try Workspace()
    try folder.write("red green\n", to: "data/a.txt")
    #expect(try folder.dataset("source: data").description.fitted == nil)
  }
}
