import IICCore
import Torch

/// The `views` section of an audio manifest: cuts of a recording as log-mel spectrograms.
struct AudioViews: ManifestSection, Sendable {
  private let seconds: Double
  private let bands, window, hop: Int
  private let normalise: Normalisation
  private let evaluationCuts: Int
  private let base, transformed: SoundChange

  /// What is subtracted from a spectrogram.
  enum Normalisation: String, CaseIterable {
    case none
    /// The mean over the cut: the loudness goes.
    case cut
    /// The mean of each band over the cut: the colour of the channel goes too.
    case band
  }

  init(from section: SectionReader) throws(ManifestError) {
    seconds = try section.number("seconds", default: 1, in: 0.05...60, "length of a cut, seconds")
    bands = try section.integer("bands", default: 40, in: 8...256, "mel bands")
    window = try section.integer("window", default: 400, in: 32...8192, "samples in a frame")
    hop = try section.integer("hop", default: 160, in: 8...8192, "samples from frame to frame")
    normalise = try section.choice("normalise", default: .cut, "what is subtracted from a spectrogram")
    evaluationCuts = try section.integer(
      "evaluationCuts", default: 4, in: 1...64, "evenly placed cuts whose probabilities are averaged")
    base = try section.section("base", "the base view") { section throws(ManifestError) in
      try SoundChange(from: section)
    }
    transformed = try section.section("transformed", "the transformed view") { section throws(ManifestError) in
      try SoundChange(from: section)
    }
    try section.check(window % 2 == 0, "window", "found \(window); expected an even number")
  }

  /// A view on recordings of one capacity at one sample rate.
  func maker(_ waveforms: Waveforms, sampleRate: Int) -> Maker {
    Maker(
      views: self, waveforms: waveforms, count: max(window, Int(seconds * Double(sampleRate))),
      spectrogram: MelSpectrogram(sampleRate: sampleRate, window: window, hop: hop, bands: bands))
  }

  /// Cuts recordings and shows them to the network as `[n, 1, bands, frames]`.
  struct Maker: Sendable {
    let views: AudioViews
    let waveforms: Waveforms
    let count: Int
    let spectrogram: MelSpectrogram

    func baseView(_ samples: Tensor, _ random: RandomStream) throws(TorchError) -> View {
      try view(samples, views.base, random)
    }

    func transformedView(_ samples: Tensor, _ random: RandomStream) throws(TorchError) -> View {
      try view(samples, views.transformed, random)
    }

    private func view(_ samples: Tensor, _ change: SoundChange, _ random: RandomStream) throws(TorchError) -> View {
      var numbers = random.child("cuts").numbers()
      let lengths = try waveforms.lengths(samples)
      let starts = waveforms.randomStarts(lengths, count: count, using: &numbers)
      let cut = try waveforms.cuts(samples, from: starts, lengths: lengths, count: count)
      let generator = try random.child("change").generator()
      let waves = try change.changed(cut, generator)
      return View(try change.masked(normalised(spectrogram(waves)), generator).channelsLast())
    }

    func evaluationViews(_ samples: Tensor) throws(TorchError) -> [View] {
      let lengths = try waveforms.lengths(samples)
      var made: [View] = []
      for place in 0..<views.evaluationCuts {
        let starts = lengths.map { length in
          views.evaluationCuts == 1
            ? max(0, length - count) / 2 : max(0, length - count) * place / (views.evaluationCuts - 1)
        }
        let cut = try waveforms.cuts(samples, from: starts, lengths: lengths, count: count)
        made.append(View(try normalised(spectrogram(cut)).channelsLast()))
      }
      return made
    }

    private func normalised(_ spectra: Tensor) throws(TorchError) -> Tensor {
      switch views.normalise {
      case .none: spectra
      case .cut: try spectra - spectra.mean([1, 2, 3], keepingDimensions: true)
      case .band: try spectra - spectra.mean([3], keepingDimensions: true)
      }
    }
  }
}
