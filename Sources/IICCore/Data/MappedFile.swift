import Foundation
import Glibc

/// A file mapped into memory for reading; pages are loaded when touched and dropped when memory is short.
final class MappedFile: Sendable {
  // Immutable after init, and the pages are mapped read-only.
  nonisolated(unsafe) let base: UnsafeRawPointer
  let count: Int

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// Maps a file that must have exactly `count` bytes.
  init(_ file: PrivateFile, count: Int) throws(DataError) {
    guard file.size == count, count > 0 else {
      throw DataError("\(file.path): found \(file.size) bytes; expected \(count)")
    }
    guard let start = mmap(nil, count, PROT_READ, MAP_SHARED, file.descriptor, 0), start != MAP_FAILED else {
      throw DataError("\(file.path): cannot be mapped: \(String(cString: strerror(errno)))")
    }
    self.base = UnsafeRawPointer(start)
    self.count = count
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: base), count) }
}
