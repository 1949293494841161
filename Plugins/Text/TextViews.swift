import IICCore
import Manifest
import Torch

/// The `views` section of a manifest about texts.
struct TextViews: Sendable, ManifestSection {
  let base, transformed: TokenDropout

  init(from section: SectionReader) throws(ManifestError) {
    base = try section.section("base", "the base view") { section throws(ManifestError) in
      try TokenDropout(from: section, dropout: 0.3)
    }
    transformed = try section.section("transformed", "the transformed view") { section throws(ManifestError) in
      try TokenDropout(from: section, dropout: 0.5)
    }
  }
}

/// A random view of texts: some of the tokens are taken out, leaving padding in their places.
struct TokenDropout: Sendable {
  /// The chance that a token is taken out.
  var dropout = 0.0
  /// The part of a text that is taken out in one piece, at a random place.
  var span = 0.0

  /// Whether views are the texts themselves.
  var isIdentity: Bool { dropout == 0 && span == 0 }

  /// Token ids `[n, L]` with some made 0. A text that would lose all its tokens keeps them.
  func callAsFunction(_ tokens: Tensor, generator: RandomGenerator) throws(TorchError) -> Tensor {
    guard !isIdentity else { return tokens }
    let shape = tokens.shape
    var kept = try generator.bernoulli(shape, p: 1 - dropout).to(tokens.device)
    let present = try presence(of: tokens).to(.float32)
    if span > 0 {
      let size = try present.sum([1], keepingDimensions: true) * span
      let room = try present.sum([1], keepingDimensions: true) - size
      let start = try generator.uniform([shape[0], 1]).to(tokens.device) * room
      // The middle of a token's place, so that a span of 2.5 tokens takes out two or three of them.
      let places = try Tensor((0..<shape[1]).map { Float($0) + 0.5 }, shape: [1, shape[1]]).to(tokens.device)
      let inside = try (start - places < 0).to(.float32) * (places - start - size < 0).to(.float32)
      kept = try kept * (inside * -1 + 1)
    }
    let isEmpty = try ((kept * present).sum([1], keepingDimensions: true) < 0.5).to(.float32)
    return try tokens * (kept + isEmpty).clamped(to: 0...1).to(.int32)
  }
}

extension TokenDropout {
  init(from section: SectionReader, dropout standard: Double) throws(ManifestError) {
    dropout = try section("dropout", .number(in: 0...0.99), default: standard, "chance that a token is taken out")
    span = try section(
      "span", .number(in: 0...0.95), default: 0, "part of a text that is taken out in one piece, at a random place")
  }
}

/// True where there is a token, of the shape of `tokens`.
func presence(of tokens: Tensor) throws(TorchError) -> Tensor { try -tokens < 0 }
