import IICCore
import Torch

/// Recordings as samples of one size, int16 `[2 + L]`: two numbers that say how long the recording is, its waveform,
/// then zeros.
///
/// The length is `first + 32768 second`. A waveform from -1 to 1 is kept as -32767 to 32767.
struct Waveforms: Sendable {
  /// L, the samples of the longest recording.
  let capacity: Int

  private static let scale: Float = 32767
  private static let base = 32768

  /// The elements of a sample, 2 + L.
  var sampleCount: Int { 2 + capacity }

  /// A recording, finite, as the bytes of a sample. If its `peak` is beyond 1, all of it is divided by that: cutting
  /// peaks off would distort it.
  func sample(_ wave: [Float]) -> (bytes: [UInt8], peak: Float) {
    let count = min(wave.count, capacity)
    var values = [Int16](repeating: 0, count: sampleCount)
    values[0] = Int16(count % Self.base)
    values[1] = Int16(count / Self.base)
    let peak = wave.prefix(count).reduce(0) { max($0, abs($1)) }
    let divisor = max(1, peak)
    for place in 0..<count { values[2 + place] = Int16((wave[place] / divisor * Self.scale).rounded()) }
    return (values.withUnsafeBytes(Array.init), peak)
  }

  /// The lengths of a batch of recordings `[n, 2 + L]`, int64 `[n]`.
  func lengths(_ samples: Tensor) throws(TorchError) -> Tensor {
    let words = try samples.sliced(0..<2, along: 1).to(.int64)
    let parts = try words * Tensor([1, Self.base]).to(samples.device)
    return try parts.sum([1])
  }

  /// A part of each recording, `[n, count]` from -1 to 1. One that ends is begun again, as often as it takes.
  func cuts(
    _ samples: Tensor, from starts: Tensor, lengths: Tensor, count: Int
  ) throws(TorchError) -> Tensor {
    try samples.sliced(2..<sampleCount, along: 1).wrappedWindows(from: starts, lengths: lengths, count: count)
      .to(.float32) * Double(1 / Self.scale)
  }

  /// Places `[n]` to start cuts from: `fractions` `[n]` or `[1]`, 0 up to 1, of all that there are.
  ///
  /// A cut starts where it ends within the recording. If that is shorter than a cut, it starts anywhere in it.
  func starts(_ lengths: Tensor, count: Int, fractions: Tensor) throws(TorchError) -> Tensor {
    // float32 counts exactly to 2^24, far above any capacity.
    let lengths = try lengths.to(.float32)
    let isShort = try (lengths < Double(count)).to(.float32)
    let places = try (lengths - Double(count)).clamped(min: 0) + isShort * (lengths - 1) + 1
    return try (places * fractions).to(.int64)
  }
}
