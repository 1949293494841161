import Files
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

/// What is drawn from the numbers. The algorithms are this program's own, so that equal seeds draw the same under every
/// version of Swift.
extension SplitMix64 {
  /// A whole number from 0 to below `bound`, which is 1 or more, each with the same chance: the upper half of the
  /// product of a number of 64 bits and the bound, drawn again where the lower half falls into the remainder of 2^64
  /// divided by the bound (Lemire, "Fast random integer generation in an interval", 2019).
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "no whole number is from 0 to below \(bound)")
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let remainder = (0 &- bound) % bound
      while product.low < remainder { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// A number from 0 to below 1: the lower 53 bits of one of 64, over 2^53.
  public mutating func unit() -> Double { Double(next() & (1 << 53 - 1)) / Double(1 << 53 as UInt64) }

  /// The elements in a random order (Fisher and Yates): from the first place on, each is exchanged with one drawn from
  /// itself and those behind it. The last one is not drawn for.
  public mutating func shuffled<Element>(_ elements: some Sequence<Element>) -> [Element] {
    var elements = Array(elements)
    for place in elements.indices.dropLast() { elements.swapAt(place, place + below(elements.count - place)) }
    return elements
  }
}

private func mix(_ value: UInt64) -> UInt64 {
  var z = value
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}
