import Foundation
import IICCore
import Manifest
import Torch

/// Random changes of a cut of sound, drawn for each.
struct SoundChange: Sendable {
  /// The largest change of loudness, decibels.
  var gain = 0.0
  /// The largest root mean square of added white noise, as a part of the cut's own.
  var noise = 0.0
  /// The largest part of the frames, and of the bands, that are hidden in one stripe.
  var timeMask = 0.0
  var frequencyMask = 0.0

  init() {}

  init(from section: SectionReader) throws(ManifestError) {
    gain = try section("gain", .number(in: 0...60), default: 0, "largest change of loudness, decibels")
    noise = try section(
      "noise", .number(in: 0...10), default: 0,
      "largest root mean square of white noise, as a part of the cut's own")
    timeMask = try section(
      "timeMask", .number(in: 0...0.9), default: 0, "largest part of the frames that is hidden")
    frequencyMask = try section(
      "frequencyMask", .number(in: 0...0.9), default: 0, "largest part of the bands that is hidden")
  }

  /// Waveforms `[n, L]` with another loudness and noise.
  func changed(_ waves: Tensor, _ generator: RandomGenerator) throws(TorchError) -> Tensor {
    var waves = waves
    let n = waves.shape[0]
    if noise > 0 {
      let power = try (waves * waves).mean([1], keepingDimensions: true).sqrt()
      let amplitude = try generator.uniform([n, 1], in: 0...noise).to(waves.device) * power
      waves = try waves + generator.normal(waves.shape).to(waves.device) * amplitude
    }
    if gain > 0 {
      let factors = try (generator.uniform([n, 1], in: -gain...gain) * (log(10) / 20)).exp()
      waves = try waves * factors.to(waves.device)
    }
    return waves
  }

  /// Spectrograms `[n, 1, bands, frames]` with a stripe of frames and one of bands set to their mean.
  func masked(_ spectra: Tensor, _ generator: RandomGenerator) throws(TorchError) -> Tensor {
    let shape = spectra.shape
    var kept: Tensor?
    for (part, dimension) in [(timeMask, 3), (frequencyMask, 2)] where part > 0 {
      var sizes = [1, 1, 1, 1]
      sizes[dimension] = shape[dimension]
      let places = try Tensor(
        (0..<shape[dimension]).map { (Float($0) + 0.5) / Float(shape[dimension]) }, shape: sizes)
      let width = try generator.uniform([shape[0], 1, 1, 1], in: 0...part)
      let start = try generator.uniform([shape[0], 1, 1, 1]) * (width * -1 + 1)
      // 1 outside the stripe: before its start, or behind its end.
      let before = try ((places - start) < 0).to(.float32)
      let behind = try ((places - start - width) < 0).to(.float32) * -1 + 1
      let stripe = try before + behind
      kept = if let kept { try kept * stripe } else { stripe }
    }
    guard let kept = try kept?.to(spectra.device) else { return spectra }
    let mean = try spectra.mean([1, 2, 3], keepingDimensions: true)
    return try (spectra - mean) * kept + mean
  }
}
