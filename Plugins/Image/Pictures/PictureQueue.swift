import Archive
import Dispatch
import Files
import Foundation
import IICCore
import Media
import Reading

/// Decodes pictures on all cores and writes them as samples, in the order in which they are handed over.
///
/// Only a few are in memory at a time, whatever their number.
struct PictureQueue {
  /// The most bytes that wait, of pictures as they are stored and of samples: 64 MiB each.
  private static let waitingLimit = 1 << 26
  /// The most pictures that are decoded at a time. Each may need some hundred megabytes.
  private static let workerLimit = 8

  /// Whether each picture became a sample, in the order of handing over.
  private(set) var isKept: [Bool] = []
  /// The shape of a sample, `[H, W, C]`; empty if there is none.
  private(set) var shape: [Int] = []
  private let options: PictureOptions
  private let workers = DispatchQueue(label: "iic.pictures", attributes: .concurrent)
  private var pending: [PendingPicture] = []
  private var pendingBytes = 0
  /// The most pictures that are handed over and not written.
  private var pendingLimit = 2 * min(workerLimit, ProcessInfo.processInfo.activeProcessorCount)
  /// The name of the first picture that became a sample.
  private var firstName = ""
  private var undecodable = LeftOut()
  /// Why each picture that did not become a sample does not decode.
  private var reasons: [String] = []

  init(_ options: PictureOptions) { self.options = options }

  /// Hands over the picture that an entry holds. Throws what is wrong with it, or with one before it.
  mutating func add(_ entry: ArchiveEntry, into writer: inout SampleWriter) throws {
    let bytes = try entry.readAll(limit: PictureOptions.byteLimit)
    pending.append(PendingPicture(bytes, of: entry, options, on: workers))
    pendingBytes += bytes.count
    while pending.count > pendingLimit || pendingBytes > Self.waitingLimit { try writeNext(into: &writer) }
  }

  /// Writes the pictures that are left. Throws if none at all became a sample, with `others`, which were left out before.
  mutating func finish(into writer: inout SampleWriter, source: String, _ others: [String]) throws {
    while !pending.isEmpty { try writeNext(into: &writer) }
    guard !shape.isEmpty else {
      throw UserError((["\(source): found no picture that can be used"] + notes + others).joined(separator: "; "))
    }
  }

  /// What the user should know of pictures that were left out.
  var notes: [String] { undecodable.notes(of: "pictures that do not decode") }

  /// The pictures that do not decode, in order, by the names that they have as items.
  func unread(_ names: [String]) -> [LeftOut.Item] {
    var (items, kept) = ([LeftOut.Item](), 0)
    for (name, isKept) in zip(names, isKept) {
      if isKept {
        kept += 1
      } else {
        items.append(LeftOut.Item(id: name, reason: reasons[items.count], place: kept))
      }
    }
    return items
  }

  private mutating func writeNext(into writer: inout SampleWriter) throws {
    let picture = pending.removeFirst()
    pendingBytes -= picture.byteCount
    switch picture.wait() {
    case .success(let image):
      try check(image, of: picture)
      try writer.append(image.pixels)
      isKept.append(true)
    case .failure(let error):
      guard options.onUndecodable == .skip else {
        throw UserError("\(error); data.onUndecodable: skip leaves such pictures out")
      }
      // With its file's name alone, since many may be named in one line.
      undecodable.add("\(baseName(picture.path)): \(picture.entry)", because: error.message)
      reasons.append(error.message)
      isKept.append(false)
    }
  }

  /// Throws unless an image has the size of the first one.
  private mutating func check(_ image: DecodedImage, of picture: PendingPicture) throws {
    let found = [image.height, image.width, image.channels]
    if shape.isEmpty {
      (shape, firstName) = (found, picture.entry)
      // Decoded pictures wait for those before them.
      pendingLimit = max(1, min(pendingLimit, Self.waitingLimit / image.pixels.count))
    }
    guard shape == found else {
      throw picture.problem(
        "found \(image.width) x \(image.height) pixels; expected \(shape[1]) x \(shape[0]) as in "
          + "\(firstName.debugDescription); data.resize brings pictures of several sizes to one")
    }
  }
}
