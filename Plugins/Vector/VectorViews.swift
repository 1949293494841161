import IICCore
import Manifest
import Torch

/// A random change of vectors: some features are blotted out, then noise is added to all.
struct Corruption: Sendable {
  /// The standard deviation of the noise, in the units of the samples.
  var noise = 0.0
  /// The chance of a feature to become 0; the others grow by 1 / (1 - dropout), so that the mean stays.
  var dropout = 0.0

  /// Whether it changes nothing.
  var isIdentity: Bool { noise == 0 && dropout == 0 }

  init(noise: Double = 0, dropout: Double = 0) { (self.noise, self.dropout) = (noise, dropout) }

  /// Reads a view's section; keys that are absent keep `defaults`.
  init(from section: SectionReader, defaults: Corruption) throws(ManifestError) {
    noise = try section(
      "noise", .number(in: 0...1e6), default: defaults.noise,
      "standard deviation of normal noise, in the units of the samples")
    dropout = try section(
      "dropout", .number(in: 0...0.99), default: defaults.dropout,
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
  var base = Corruption()
  var transformed = Corruption(noise: 0.1, dropout: 0.1)

  init() {}

  init(from section: SectionReader) throws(ManifestError) {
    let (base, transformed) = (base, transformed)
    self.base = try section.section("base", "the base view") { section throws(ManifestError) in
      try Corruption(from: section, defaults: base)
    }
    self.transformed = try section.section("transformed", "the transformed view") { section throws(ManifestError) in
      try Corruption(from: section, defaults: transformed)
    }
  }
}
