import IICCore
import Torch

/// Recordings as samples of one size: int16 `[2 + L]`, of which the first two say how many of the L are sound.
///
/// What is behind the sound is 0. The count is `first + 32768 * second`.
struct Waveforms {
  /// L, the longest recording in samples.
  let capacity: Int

  /// A recording from -1 to 1 as the bytes of a sample.
  func sample(_ wave: [Float]) -> [UInt8] {
    let count = min(wave.count, capacity)
    var values = [Int16](repeating: 0, count: 2 + capacity)
    (values[0], values[1]) = (Int16(count % 32768), Int16(count / 32768))
    for place in 0..<count { values[2 + place] = Int16((max(-1, min(1, wave[place])) * 32767).rounded()) }
    return values.withUnsafeBytes(Array.init)
  }

  /// The number of sound samples in each of a batch `[n, 2 + L]`.
  func lengths(_ samples: Tensor) throws(TorchError) -> [Int] {
    let words = try samples.sliced(0..<2, along: 1).integers()
    return stride(from: 0, to: words.count, by: 2).map { max(1, words[$0] + 32768 * words[$0 + 1]) }
  }

  /// A part of each recording, `[n, count]` from -1 to 1. A recording that ends is begun again.
  func cuts(_ samples: Tensor, from starts: [Int], lengths: [Int], count: Int) throws(TorchError) -> Tensor {
    var indices: [Int] = []
    indices.reserveCapacity(starts.count * count)
    for (row, start) in starts.enumerated() {
      let base = row * (2 + capacity) + 2
      for place in 0..<count { indices.append(base + (start + place) % lengths[row]) }
    }
    return try samples.reshaped([-1]).selecting(Tensor(indices).to(samples.device)).to(.float32)
      .reshaped([starts.count, count]) * (1 / 32767)
  }

  /// Starts of random cuts that lie within the sound where it is long enough.
  func randomStarts(_ lengths: [Int], count: Int, using numbers: inout SplitMix64) -> [Int] {
    lengths.map {
      $0 > count ? Int.random(in: 0...($0 - count), using: &numbers) : Int.random(in: 0..<$0, using: &numbers)
    }
  }
}
