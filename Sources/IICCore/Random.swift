public import Torch

/// A random stream named by what it is for.
///
/// A stream is a value: `child` derives another from a purpose and counters such as the epoch and the step,
/// so that what is drawn for a step depends on the seed and the step's name, never on what was drawn before.
/// A resumed run therefore draws what the uninterrupted one would have.
public struct RandomStream: Sendable {
  private let key: UInt64

  /// The stream that a run's others derive from.
  public init(seed: Int) {
    key = mix(UInt64(bitPattern: Int64(seed)) &+ 0x9E37_79B9_7F4A_7C15)
  }

  private init(key: UInt64) { self.key = key }

  /// The stream for `purpose` and counters: `child("views", epoch, step)`.
  public func child(_ purpose: String, _ counters: Int...) -> RandomStream {
    // FNV-1a gathers the purpose's bytes; the mixer spreads every part over the whole key.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    var derived = mix(key ^ mix(hash))
    for counter in counters {
      derived = mix(derived &+ UInt64(bitPattern: Int64(counter)) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
    }
    return RandomStream(key: derived)
  }

  /// A generator of random tensors that starts where this stream does.
  public func generator() throws(TorchError) -> RandomGenerator { try RandomGenerator(seed: key) }

  /// A generator of random integers that starts where this stream does.
  public func numbers() -> SplitMix64 { SplitMix64(state: key) }
}

/// A counter-based generator: the n-th number is a mix of the key and n (Steele, Lea, Flood, 2014).
public struct SplitMix64: RandomNumberGenerator, Sendable {
  var state: UInt64

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return mix(state)
  }
}

private func mix(_ value: UInt64) -> UInt64 {
  var z = value
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}
