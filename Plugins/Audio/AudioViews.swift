import IICCore
import Manifest
import Torch

/// The `views` section of an audio manifest: cuts of a recording as log-mel spectrograms.
struct AudioViews: ManifestSection, Sendable {
  /// What is subtracted from a spectrogram.
  enum Normalisation: String, CaseIterable, Sendable {
    case none
    /// The mean over the cut: the loudness goes.
    case cut
    /// The mean of each band over the cut: the colour of the channel goes too.
    case band

    /// Spectrograms `[n, 1, bands, frames]` without it.
    func callAsFunction(_ spectra: Tensor) throws(TorchError) -> Tensor {
      switch self {
      case .none: spectra
      case .cut: try spectra - spectra.mean([1, 2, 3], keepingDimensions: true)
      case .band: try spectra - spectra.mean([3], keepingDimensions: true)
      }
    }
  }

  private let seconds, floor: Double
  private let bands, window, hop: Int
  private let normalise: Normalisation
  private let evaluationCuts: Int
  private let base, transformed: SoundChange

  init(from section: SectionReader) throws(ManifestError) {
    seconds = try section("seconds", .number(in: 0.05...60), default: 1, "length of a cut, seconds")
    bands = try section("bands", .integer(in: 8...256), default: 40, "mel bands")
    window = try section("window", .integer(in: 32...8192), default: 400, "samples in a frame, an even number")
    hop = try section("hop", .integer(in: 8...8192), default: 160, "samples from frame to frame")
    floor = try section(
      "floor", .number(in: 1e-12...1), default: 1e-8, "the lowest power of a band that is told from silence")
    normalise = try section("normalise", .choice, default: .cut, "the mean that is subtracted from a spectrogram")
    evaluationCuts = try section(
      "evaluationCuts", .integer(in: 1...64), default: 4, "evenly placed cuts whose probabilities are averaged")
    base = try section.section("base", "the base view, which is another cut already") {
      section throws(ManifestError) in try SoundChange(from: section)
    }
    transformed = try section.section("transformed", "the transformed view") { section throws(ManifestError) in
      try SoundChange(from: section)
    }
    try section.check(window % 2 == 0, "window", "found \(window); expected an even number")
  }

  /// What makes views of the recordings of `data`. Throws if the two sections of the manifest `root` do not fit.
  func maker(for data: AudioData, root: SectionReader) throws(ManifestError) -> AudioViewMaker {
    let spectrogram = MelSpectrogram(
      sampleRate: data.sampleRate, window: window, hop: hop, bands: bands, floor: floor)
    let count = Int(seconds * Double(data.sampleRate))
    try root.check(
      seconds <= data.seconds, "views",
      "seconds: found \(seconds); expected at most the \(data.seconds) that data.seconds keeps of a recording")
    try root.check(
      window <= count, "views",
      "window: found \(window); a cut of \(seconds) s at \(data.sampleRate) samples a second has \(count) samples; "
        + "expected at most as many")
    try root.check(
      spectrogram.frames(of: count) >= AudioEncoderConfiguration.leastSide, "views",
      "hop: found \(hop); a cut of \(count) samples then has \(spectrogram.frames(of: count)) frames; expected at "
        + "least \(AudioEncoderConfiguration.leastSide)")
    let empty = spectrogram.emptyBand
    try root.check(
      empty == nil, "views",
      "bands: found \(bands); with a window of \(window) samples no frequency lies in band \((empty ?? 0) + 1); expected "
        + "fewer bands or a longer window")
    return AudioViewMaker(
      sampleRate: data.sampleRate, waveforms: data.waveforms, count: count, spectrogram: spectrogram,
      normalise: normalise,
      evaluationCuts: evaluationCuts, base: base, transformed: transformed)
  }
}
