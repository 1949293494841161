import Archive
import IICCore

/// Images that are stored channel after channel, each behind some bytes of label: what STL10 and CIFAR files hold.
struct PlanarImages {
  let channels: Int
  let height: Int
  let width: Int
  /// Whether a channel is stored column after column rather than row after row.
  let isColumnMajor: Bool
  /// The bytes before each image.
  var labelBytes = 0

  /// The shape of a sample.
  var shape: [Int] { [height, width, channels] }
  var imageBytes: Int { channels * height * width }
  var recordBytes: Int { labelBytes + imageBytes }

  /// About this many bytes are in memory at a time.
  private static let chunkBytes = 1 << 23

  /// Writes the images of an entry as `[H, W, C]` and returns each image's label bytes, one after the other.
  ///
  /// Throws if the entry's size is no multiple of a record's.
  func decode(_ entry: ArchiveEntry, into writer: inout SampleWriter) throws -> [UInt8] {
    if let size = entry.size { try check(size, of: entry) }
    let records = max(1, Self.chunkBytes / recordBytes)
    let stored = UnsafeMutableRawBufferPointer.allocate(byteCount: records * recordBytes, alignment: 16)
    let images = UnsafeMutableRawBufferPointer.allocate(byteCount: records * imageBytes, alignment: 16)
    defer {
      stored.deallocate()
      images.deallocate()
    }
    var labels: [UInt8] = []
    var total = 0
    while true {
      let filled = try entry.fill(stored)
      total += filled
      let count = filled / recordBytes
      for record in 0..<count {
        let start = record * recordBytes
        labels += stored[start..<(start + labelBytes)]
        interleave(
          UnsafeRawBufferPointer(rebasing: stored[(start + labelBytes)..<(start + recordBytes)]),
          into: UnsafeMutableRawBufferPointer(rebasing: images[(record * imageBytes)..<((record + 1) * imageBytes)])
        )
      }
      try writer.append(UnsafeRawBufferPointer(rebasing: images[..<(count * imageBytes)]))
      if filled < stored.count { break }
    }
    try check(total, of: entry)
    return labels
  }

  private func check(_ size: Int, of entry: ArchiveEntry) throws {
    guard size > 0, size % recordBytes == 0 else {
      throw entry.problem("found \(size) bytes; expected a multiple of \(recordBytes), the bytes of an image")
    }
  }

  /// Moves one image from `[C, H, W]` or `[C, W, H]` to `[H, W, C]`.
  private func interleave(_ planes: UnsafeRawBufferPointer, into image: UnsafeMutableRawBufferPointer) {
    let (inner, outer) = isColumnMajor ? (height, width) : (width, height)
    let (innerStep, outerStep) =
      isColumnMajor ? (width * channels, channels) : (channels, width * channels)
    var place = 0
    for channel in 0..<channels {
      for line in 0..<outer {
        var target = channel + line * outerStep
        for _ in 0..<inner {
          image[target] = planes[place]
          place += 1
          target += innerStep
        }
      }
    }
  }
}

extension ArchiveEntry {
  /// An error about this entry.
  func problem(_ message: String) -> ArchiveError { ArchiveError(path: path, entry: name, message: message) }
}
