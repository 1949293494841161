import Dispatch
import Foundation
import Torch

/// The joint of the clusters that are left, and what each merge of two of them would lose.
///
/// Of K' clusters there are K'^2 / 2 merges, each a sum of K' terms. A merge that is made changes one term of those
/// of others, so each but those of the new cluster is brought up to date by that term alone.
///
/// Not checked to be Sendable: threads share it only inside `inParallel`, where each writes to rows of its own.
final class MergingTable: @unchecked Sendable {
  private static let tie = 1e-12

  /// The clusters that are left, in order, and how many they are.
  private let alive: UnsafeMutablePointer<Int>
  private var count: Int
  private(set) var groups: [Int]
  let masses: [Double]

  private let size: Int
  private let lambda: Double
  private let threads: Int
  private let f = TabulatedXLogX()
  /// P, symmetric and normalised `[K', K']`; rows and columns of clusters that were merged into others are stale.
  private let joint: UnsafeMutablePointer<Double>
  /// What merging row and column would lose, nats, where the row is the lower `[K', K']`.
  private let costs: UnsafeMutablePointer<Double>
  /// The lowest of each row of `costs`.
  private let lowest: UnsafeMutablePointer<Double>
  /// P_i and the sum over j of f(P_ij).
  private let marginals, terms: UnsafeMutablePointer<Double>
  /// For each cluster that is left, by its place among them: its entries in two columns that become one, their sum, f of
  /// the sum less that of the two, and the cost of merging it with the new cluster.
  private let first, second, both, changes, fresh: UnsafeMutablePointer<Double>

  init(_ values: [Double], lambda: Double, threads: Int) {
    let size = Int(Double(values.count).squareRoot().rounded())
    func numbers(_ count: Int, _ value: Double = 0) -> UnsafeMutablePointer<Double> {
      let numbers = UnsafeMutablePointer<Double>.allocate(capacity: count)
      numbers.initialize(repeating: value, count: count)
      return numbers
    }
    self.size = size
    self.lambda = lambda
    self.threads = max(1, threads)
    (joint, costs) = (numbers(size * size), numbers(size * size, .infinity))
    (lowest, marginals, terms) = (numbers(size, .infinity), numbers(size), numbers(size))
    (first, second, both) = (numbers(size), numbers(size), numbers(size))
    (changes, fresh) = (numbers(size), numbers(size))
    alive = .allocate(capacity: size)
    count = size
    groups = Array(0..<size)
    let total = values.reduce(0, +)
    for row in 0..<size {
      (alive + row).initialize(to: row)
      for column in 0..<size {
        let value = (values[row * size + column] + values[column * size + row]) / (2 * total)
        joint[row * size + column] = value
        marginals[row] += value
        terms[row] += f(value)
      }
    }
    masses = Array(UnsafeBufferPointer(start: marginals, count: size))
  }

  deinit {
    for numbers in [joint, costs, lowest, marginals, terms, first, second, both, changes, fresh] {
      numbers.deallocate()
    }
    alive.deallocate()
    f.deallocate()
  }

  /// The clusters that are left, in order.
  var left: UnsafeBufferPointer<Int> { UnsafeBufferPointer(start: alive, count: count) }

  /// Computes what every merge would lose.
  func computeCosts(_ check: () throws -> Void) rethrows {
    // So many rows take less than a second.
    let rows = max(threads, (1 << 27) / max(1, size * size))
    for start in stride(from: 0, to: size, by: rows) {
      try check()
      inParallel(min(rows, size - start)) { [self] row in
        let row = start + row
        var value = Double.infinity
        for column in (row + 1)..<max(size, row + 1) {
          costs[row * size + column] = cost(row, column)
          value = min(value, costs[row * size + column])
        }
        lowest[row] = value
      }
    }
  }

  /// Merges the two clusters whose union loses least.
  @discardableResult
  func mergeCheapest() -> (kept: Int, gone: Int, lost: Double) {
    let (kept, gone) = cheapest()
    let lost = costs[min(kept, gone) * size + max(kept, gone)]
    remove(gone)
    for place in 0..<count {
      let cluster = alive[place]
      first[place] = joint[cluster * size + kept]
      second[place] = joint[cluster * size + gone]
      both[place] = first[place] + second[place]
      changes[place] = f(both[place]) - f(first[place]) - f(second[place])
    }
    let block = joint[kept * size + kept] + 2 * joint[kept * size + gone] + joint[gone * size + gone]
    terms[kept] = 0
    for place in 0..<count {
      let cluster = alive[place]
      let value = cluster == kept ? block : both[place]
      (joint[kept * size + cluster], joint[cluster * size + kept]) = (value, value)
      if cluster != kept { terms[cluster] += changes[place] }
      terms[kept] += f(value)
    }
    marginals[kept] += marginals[gone]
    for cluster in groups.indices where groups[cluster] == gone { groups[cluster] = kept }
    inParallel(count) { [self] place in
      if alive[place] != kept { fresh[place] = cost(kept, alive[place]) }
    }
    inParallel(count) { [self] place in update(place, kept) }
    return (kept, gone, lost)
  }

  /// Brings a row of costs up to date: those with `kept` are fresh, the others change by their terms in the new column.
  private func update(_ row: Int, _ kept: Int) {
    let (f, alive, first, second, both, changes) = (f, alive, first, second, both, changes)
    let costs = costs + alive[row] * size
    let isKept = alive[row] == kept
    var value = Double.infinity
    for column in (row + 1)..<max(count, row + 1) {
      let cluster = alive[column]
      if isKept {
        costs[cluster] = fresh[column]
      } else if cluster == kept {
        costs[cluster] = fresh[row]
      } else {
        let apart = f(first[row] + first[column]) + f(second[row] + second[column])
        costs[cluster] += 2 * (changes[row] + changes[column] + apart - f(both[row] + both[column]))
      }
      value = min(value, costs[cluster])
    }
    lowest[alive[row]] = value
  }

  private func remove(_ cluster: Int) {
    var place = 0
    for other in left where other != cluster {
      alive[place] = other
      place += 1
    }
    count = place
  }

  /// The first pair, by rows, of those that lose least.
  private func cheapest() -> (Int, Int) {
    let limit = left.reduce(Double.infinity) { min($0, lowest[$1]) } + Self.tie
    for (place, row) in left.enumerated() where lowest[row] <= limit {
      for column in left[(place + 1)...] where costs[row * size + column] <= limit { return (row, column) }
    }
    return (alive[0], alive[1])
  }

  /// What merging two clusters would lose, from the joint.
  private func cost(_ one: Int, _ other: Int) -> Double {
    let (left, right) = (joint + one * size, joint + other * size)
    // Local copies, which the compiler knows nobody to change.
    let (f, alive, count) = (f, alive, count)
    var together = 0.0
    for place in 0..<count { together += f(left[alive[place]] + right[alive[place]]) }
    // The sum is over the others; the two themselves become one entry.
    together -= f(left[one] + right[one]) + f(left[other] + right[other])
    let corners = f(left[one]) + 2 * f(left[other]) + f(right[other])
    let block = f(left[one] + 2 * left[other] + right[other])
    let (mass, otherMass) = (marginals[one], marginals[other])
    return 2 * (terms[one] + terms[other] - corners - together) + corners - block
      - 2 * lambda * (f(mass) + f(otherMass) - f(mass + otherMass))
  }

  /// Does `work` for each of 0 to `count` - 1; no two of them may write to one place.
  private func inParallel(_ count: Int, _ work: @Sendable (Int) -> Void) {
    let threads = min(threads, count)
    guard threads > 1 else {
      for index in 0..<count { work(index) }
      return
    }
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      for index in stride(from: thread, to: count, by: threads) { work(index) }
    }
  }
}

/// f(x) = x ln x of numbers from 0, with an absolute error below 1e-15 x; about twice as fast as by `log`.
///
/// ln (2^e m) = e ln 2 + ln c + ln (1 + r), r = m / c - 1, where c is the middle of that 1024th part of 1 to 2 in which
/// m lies. r is below 2^-11, so that four terms of the series leave less than rounding does.
private struct TabulatedXLogX {
  private static let parts = 1024, exponents = 2048
  /// 1 / c and ln c of each part.
  private let parts: UnsafeMutablePointer<Double>
  /// e ln 2 by the exponent's bits. Of 0 it is finite, so that f(0) is 0.
  private let exponents: UnsafeMutablePointer<Double>

  init() {
    parts = .allocate(capacity: 2 * Self.parts)
    for part in 0..<Self.parts {
      let middle = 1 + (Double(part) + 0.5) / Double(Self.parts)
      (parts + 2 * part).initialize(to: 1 / middle)
      (parts + 2 * part + 1).initialize(to: log(middle))
    }
    exponents = .allocate(capacity: Self.exponents)
    for bits in 0..<Self.exponents { (exponents + bits).initialize(to: Double(bits - 1023) * log(2)) }
  }

  func deallocate() {
    parts.deallocate()
    exponents.deallocate()
  }

  @inline(__always) func callAsFunction(_ x: Double) -> Double {
    let bits = x.bitPattern
    let part = parts + Int(truncatingIfNeeded: bits >> 41 & 2046)
    let mantissa = Double(bitPattern: bits & 0x000F_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000)
    let r = mantissa * part[0] - 1
    let square = r * r
    let series = r - square * 0.5 + square * r * (1 / 3 - r * 0.25)
    return x * (exponents[Int(truncatingIfNeeded: bits >> 52 & 2047)] + (part[1] + series))
  }
}
