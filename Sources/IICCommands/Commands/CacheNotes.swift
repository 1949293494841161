import Foundation
import IICCore

extension SampleCache {
  /// The user's cache, which says on standard error what it does.
  static var announced: SampleCache {
    let command = "\(Program.current.name) cache"
    return SampleCache { event in
      switch event {
      case .building(let sources):
        Console.note("samples: reading \(sources.joined(separator: ", ")), once")
      case .waiting:
        Console.note("samples: waiting for another process that reads the same data")
      case .built(let entry):
        Console.note(
          "samples: kept in \(entry.path), \(byteText(entry.byteCount)); "
            + "\(command) list, \(command) clear KEY or --all")
      case .used(let entry):
        Console.note("samples: \(entry.path), \(byteText(entry.byteCount))")
      }
    }
  }
}

extension SampleCacheEntry {
  /// Its place as text.
  var path: String { url.path(percentEncoded: false) }
}

/// A number of bytes for people, in units of 1000.
func byteText(_ count: Int) -> String {
  var value = Double(count)
  for unit in ["bytes", "kB", "MB", "GB"] {
    if value < 1000 { return "\(fixed(value, unit == "bytes" ? 0 : 1)) \(unit)" }
    value /= 1000
  }
  return "\(fixed(value, 1)) TB"
}
