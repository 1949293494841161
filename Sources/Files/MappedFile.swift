import Foundation
import Glibc
import Synchronization

/// A file mapped into memory for reading; pages are loaded when touched and let go of again and again.
package final class MappedFile: Sendable {
  /// About this many bytes that were read stay mapped: 64 MiB. The system maps some more around them.
  private static let residentLimit = 1 << 26

  // Immutable after init, and the pages are mapped read-only.
  private nonisolated(unsafe) let base: UnsafeRawPointer
  package let count: Int
  /// The bytes that were read since pages were let go of.
  private let readCount = Atomic(0)

  /// Maps a file that must have exactly `count` bytes.
  package init(_ file: PrivateFile, count: Int) throws(UserError) {
    guard file.size == count, count > 0 else {
      throw UserError("\(file.path): found \(file.size) bytes; expected \(count)")
    }
    guard let start = mmap(nil, count, PROT_READ, MAP_SHARED, file.descriptor, 0), start != MAP_FAILED else {
      throw UserError("\(file.path): cannot be mapped: \(String(cString: strerror(errno)))")
    }
    self.base = UnsafeRawPointer(start)
    self.count = count
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: base), count) }

  /// Copies the bytes of a range within the file to `target`.
  package func copy(_ range: Range<Int>, to target: UnsafeMutableRawPointer) {
    let bytes = UnsafeRawBufferPointer(start: base, count: count)[range]
    UnsafeMutableRawBufferPointer(start: target, count: range.count)
      .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes))
    guard readCount.add(range.count, ordering: .relaxed).newValue >= Self.residentLimit else { return }
    readCount.store(0, ordering: .relaxed)
    // They stay in the system's file cache as long as there is memory, but no longer count as this process's: it would
    // seem to grow to the size of the file. Another thread that reads right now has them mapped again.
    // It is advice: where it is not taken, nothing is lost but memory.
    _ = madvise(UnsafeMutableRawPointer(mutating: base), count, MADV_DONTNEED)
  }
}
