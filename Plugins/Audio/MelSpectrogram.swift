import Foundation
import Torch

/// Log-mel spectrograms of waveforms, for a batch at once.
///
/// The definition is librosa's: a periodic Hann window, frames centred on multiples of the hop with the sound continued
/// by its reflection, the squared magnitude of the Fourier transform, triangular filters on Slaney's mel scale, each of
/// area 1 over the frequency in Hz. Then `ln(max(power, floor) / floor)`, so that silence is 0.
struct MelSpectrogram: Sendable {
  /// The samples in a frame, the samples from frame to frame, and the number of bands.
  let window, hop, bands: Int
  /// The lowest power that is told from silence.
  let floor: Double
  private let hann: [Float]  // [W]
  private let filters: [Float]  // [bands, W / 2 + 1]

  /// Prepares spectrograms of `bands` bands from 0 Hz to half the sample rate; `window` is even.
  init(sampleRate: Int, window: Int, hop: Int, bands: Int, floor: Double) {
    (self.window, self.hop, self.bands, self.floor) = (window, hop, bands, floor)
    hann = (0..<window).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(window))) }
    filters = Self.filters(sampleRate: sampleRate, window: window, bands: bands)
  }

  /// The number of frames of `count` samples.
  func frames(of count: Int) -> Int { 1 + count / hop }

  /// A band so narrow that no frequency of the transform lies in it, counted from 0; nil if there is none.
  var emptyBand: Int? {
    let bins = window / 2 + 1
    return (0..<bands).first { band in filters[(band * bins)..<((band + 1) * bins)].allSatisfy { $0 == 0 } }
  }

  /// Waveforms `[n, L]` to `[n, 1, bands, 1 + L / hop]`; L is above half the window.
  func callAsFunction(_ waves: Tensor) throws(TorchError) -> Tensor {
    let power = try waves.powerSpectrogram(window: Tensor(hann, shape: [window]).to(waves.device), hop: hop)
    let mel = try Tensor(filters, shape: [bands, window / 2 + 1]).to(waves.device).matmul(power)  // [n, bands, T]
    let (n, frames) = (mel.shape[0], mel.shape[2])
    return try (mel * (1 / floor)).clamped(min: 1).log().reshaped([n, 1, bands, frames])
  }

  /// Triangles over the transform's frequencies, `[bands, W / 2 + 1]`.
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
