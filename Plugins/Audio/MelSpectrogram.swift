import Foundation
import Torch

/// Log-mel spectrograms of waveforms, for a batch at once.
///
/// The definition is librosa's: a periodic Hann window, frames centred on multiples of the hop with zeros around
/// the sound, the squared magnitude of the Fourier transform, triangular filters on Slaney's mel scale with equal
/// areas. Then `ln(power + floor)`.
final class MelSpectrogram: Sendable {
  /// The lowest power that is told from silence.
  static let floor = 1e-6

  let window, hop, bands, sampleRate: Int
  private let basis: [Float]  // [2 (W / 2 + 1), W]: cosines, then sines, each under the window
  private let filters: [Float]  // [bands, W / 2 + 1]

  /// Prepares spectrograms of `bands` bands from 0 Hz to half the sample rate.
  init(sampleRate: Int, window: Int, hop: Int, bands: Int) {
    (self.sampleRate, self.window, self.hop, self.bands) = (sampleRate, window, hop, bands)
    let bins = window / 2 + 1
    let hann = (0..<window).map { 0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(window)) }
    var basis: [Float] = []
    basis.reserveCapacity(2 * bins * window)
    for shift in [0.0, .pi / 2] {
      for bin in 0..<bins {
        for place in 0..<window {
          // The angle is reduced first: large multiples of 2 pi would cost digits.
          let angle = 2 * .pi * Double(bin * place % window) / Double(window)
          basis.append(Float(hann[place] * cos(angle - shift)))
        }
      }
    }
    self.basis = basis
    filters = Self.filters(sampleRate: sampleRate, window: window, bands: bands)
  }

  /// Waveforms `[n, L]` to `[n, 1, bands, 1 + L / hop]`.
  func callAsFunction(_ waves: Tensor) throws(TorchError) -> Tensor {
    let shape = waves.shape
    let bins = window / 2 + 1
    let silence = try Tensor.zeros([shape[0], window / 2]).to(waves.device)
    let padded = try Tensor.concatenated([silence, waves, silence], along: 1)
      .reshaped([shape[0], 1, 1, shape[1] + 2 * (window / 2)])
    let kernels = try Tensor(basis, shape: [2 * bins, 1, 1, window]).to(waves.device)
    let parts = try padded.conv2d(weight: kernels, stride: hop)  // [n, 2 bins, 1, frames]
    let frames = parts.shape[3]
    let squares = try (parts * parts).reshaped([shape[0], 2, bins, frames]).sum([1])  // [n, bins, frames]
    let mel = try Tensor(filters, shape: [1, bands, bins]).to(waves.device).matmul(squares)
    return try (mel + Self.floor).log().reshaped([shape[0], 1, bands, frames])
  }

  /// Triangles over the bins' frequencies, `[bands, W / 2 + 1]`, each of area 1 over frequency in Hz.
  private static func filters(sampleRate: Int, window: Int, bands: Int) -> [Float] {
    let top = mel(Double(sampleRate) / 2)
    let edges = (0..<(bands + 2)).map { hertz(top * Double($0) / Double(bands + 1)) }
    let frequencies = (0...(window / 2)).map { Double($0) * Double(sampleRate) / Double(window) }
    return (0..<bands).flatMap { band in
      let (low, middle, high) = (edges[band], edges[band + 1], edges[band + 2])
      return frequencies.map { frequency in
        let rise = (frequency - low) / (middle - low)
        let fall = (high - frequency) / (high - middle)
        return Float(max(0, min(rise, fall)) * 2 / (high - low))
      }
    }
  }

  /// Slaney's scale: linear to 1000 Hz, logarithmic above.
  private static func mel(_ hertz: Double) -> Double {
    hertz < 1000 ? hertz * 3 / 200 : 15 + 27 * log(hertz / 1000) / log(6.4)
  }

  private static func hertz(_ mel: Double) -> Double {
    mel < 15 ? mel * 200 / 3 : 1000 * pow(6.4, (mel - 15) / 27)
  }
}
