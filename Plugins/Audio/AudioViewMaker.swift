import Files
import IICCore
import Torch

/// Cuts recordings and shows them to the network as `[n, 1, bands, frames]`.
struct AudioViewMaker: Sendable {
  let sampleRate: Int
  let waveforms: Waveforms
  /// The samples of a cut.
  let count: Int
  let spectrogram: MelSpectrogram
  let normalise: AudioViews.Normalisation
  let evaluationCuts: Int
  let base, transformed: SoundChange

  /// The first side of the pairs: a cut at a random place.
  func baseView(_ samples: Tensor, _ random: RandomStream) throws(TorchError) -> View {
    try view(samples, base, random)
  }

  /// The second side: another cut at a random place.
  func transformedView(_ samples: Tensor, _ random: RandomStream) throws(TorchError) -> View {
    try view(samples, transformed, random)
  }

  /// Cuts at evenly placed starts, from the beginning to the end of what is kept of the recording; a single one is in
  /// the middle.
  func evaluationViews(_ samples: Tensor) throws(TorchError) -> [View] {
    let lengths = try waveforms.lengths(samples)
    var views: [View] = []
    for place in 0..<evaluationCuts {
      // Below 1, so that the last start is the last that there is.
      let fraction = evaluationCuts == 1 ? 0.5 : Float(place) / Float(evaluationCuts - 1) * (1 - 1e-6)
      let fractions = try Tensor([fraction], shape: [1]).to(samples.device)
      views.append(View(try spectra(cuts(samples, lengths, fractions)).channelsLast()))
    }
    return views
  }

  private func view(_ samples: Tensor, _ change: SoundChange, _ random: RandomStream) throws(TorchError) -> View {
    let fractions = try random.child("cuts").generator().uniform([samples.shape[0]]).to(samples.device)
    let generator = try random.child("change").generator()
    let waves = try change.changed(cuts(samples, waveforms.lengths(samples), fractions), generator)
    return View(try change.masked(spectra(waves), generator).channelsLast())
  }

  private func cuts(_ samples: Tensor, _ lengths: Tensor, _ fractions: Tensor) throws(TorchError) -> Tensor {
    let starts = try waveforms.starts(lengths, count: count, fractions: fractions)
    return try waveforms.cuts(samples, from: starts, lengths: lengths, count: count)
  }

  private func spectra(_ waves: Tensor) throws(TorchError) -> Tensor { try normalise(spectrogram(waves)) }

  /// A recording `[1, 2 + L]`: what is kept of it, and its spectrogram with the low bands below.
  func preview(_ samples: Tensor) throws -> ItemPreview {
    let lengths = try waveforms.lengths(samples)
    let length = max(try lengths.integers().first ?? 1, spectrogram.window)
    let wave = try waveforms.cuts(samples, from: Tensor([0]), lengths: lengths, count: length)
    let power = try spectrogram(wave)  // [1, 1, bands, frames]
    let (bands, frames) = (power.shape[2], power.shape[3])
    let levels = try (power * (255 / max(power.max().item(), 1e-6))).floats()
    let bytes = (0..<bands).reversed().flatMap { band in
      (0..<frames).map { UInt8(max(0, min(255, levels[band * frames + $0]))) }
    }
    guard let bitmap = ItemPreview.Bitmap(width: frames, height: bands, channels: 1, bytes: bytes) else {
      throw UserError("found a recording without a spectrogram")
    }
    return .wave(try wave.floats(), rate: sampleRate, bitmap)
  }
}
