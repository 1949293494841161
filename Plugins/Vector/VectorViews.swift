import Manifest
import IICCore
import Torch

/// A random change of vectors: some features are blotted out, then noise is added to all.
struct Corruption: Sendable {
  /// The standard deviation of the noise, in the units of the samples.
  let noise: Double
  /// The chance of a feature to become 0; the others grow by 1 / (1 - dropout), so that the mean stays.
  let dropout: Double

  /// Whether it changes nothing.
  var isIdentity: Bool { noise == 0 && dropout == 0 }

  init(from section: SectionReader, noise: Double, dropout: Double) throws(ManifestError) {
    self.noise = try section(
      "noise", .number(in: 0...1e6), default: noise,
      "standard deviation of normal noise, in the units of the samples")
    self.dropout = try section(
      "dropout", .number(in: 0...0.99), default: dropout,
      "chance of a feature to become 0; the others grow to keep the mean")
  }

  /// Samples `[n, D]` to views `[n, D]`, each feature of each item changed on its own.
  func callAsFunction(_ samples: Tensor, generator: RandomGenerator) throws(TorchError) -> Tensor {
    var view = samples
    if dropout > 0 {
      view = try view * (generator.bernoulli(view.shape, p: 1 - dropout) * (1 / (1 - dropout))).to(samples.device)
    }
    if noise > 0 { view = try view + (generator.normal(view.shape) * noise).to(samples.device) }
    return view
  }
}

/// The `views` section of a manifest about vectors.
struct VectorViews: Sendable, ManifestSection {
  /// How the two sides of a pair are made.
  let base, transformed: Corruption

  init(from section: SectionReader) throws(ManifestError) {
    base = try section.section("base", "the base view") { section throws(ManifestError) in
      try Corruption(from: section, noise: 0, dropout: 0)
    }
    transformed = try section.section("transformed", "the transformed view") { section throws(ManifestError) in
      try Corruption(from: section, noise: 0.1, dropout: 0.1)
    }
  }
}
