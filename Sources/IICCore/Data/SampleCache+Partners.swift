import Files
import Foundation

extension SampleCache {
  /// Raised when the layout of the file changes: older ones are then made anew.
  private static let partnersVersion = 2

  /// The partners of a dataset's items that `mining` names with all its options, from the cache or else by `mine`.
  ///
  /// `mining` must also say how the samples were decoded: the dataset knows the bytes of its sources only. A file
  /// that is damaged, or about other items, counts as absent.
  public func partners(
    of dataset: Dataset, mining: String, mine: () throws -> Partners
  ) throws -> Partners {
    let key = try SHA256.hash(of: "\(Self.partnersVersion)\n\(mining)\n\(dataset.description.contentHash)")
    let file = folder.appending(path: "\(key).partners")
    try prepareFolder()
    if let data = try? PrivateFile(file).contents(), let checked = try Self.withoutChecksum(data),
      let partners = Partners(checked, itemCount: dataset.count)
    {
      return partners
    }
    let partners = try mine()
    let data = partners.data
    try Self.write(data + Data(SHA256.hash(of: data).utf8), to: file)
    return partners
  }

  /// What stands before the checksum, 64 digits at the end of a file; nil if that is another's.
  private static func withoutChecksum(_ data: Data) throws(UserError) -> Data? {
    let content = data.dropLast(64)
    return data.suffix(64) == Data(try SHA256.hash(of: content).utf8) ? Data(content) : nil
  }
}

extension Partners {
  /// 4-byte integers, little endian: the number of partners of each item, then the partners.
  var data: Data {
    let counts = (0..<count).map { Int32(starts[$0 + 1] - starts[$0]) }
    var data = Data(capacity: 4 * (counts.count + items.count))
    for value in counts + items { withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) } }
    return data
  }

  /// Reads partners of `itemCount` items; nil if the bytes are not that.
  init?(_ data: Data, itemCount: Int) {
    guard data.count % 4 == 0, data.count / 4 >= itemCount else { return nil }
    let values = data.withUnsafeBytes { bytes in
      (0..<(bytes.count / 4)).map {
        Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self))
      }
    }
    let items = Array(values[itemCount...])
    guard values.allSatisfy({ $0 >= 0 }), items.allSatisfy({ Int($0) < itemCount }) else { return nil }
    var starts = [0]
    for length in values[..<itemCount] { starts.append((starts.last ?? 0) + Int(length)) }
    guard starts.last == items.count else { return nil }
    self.init(starts: starts, items: items)
  }
}
