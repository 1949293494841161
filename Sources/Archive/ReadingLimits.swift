/// How much a source may hold, so that an archive made to exhaust the machine is refused.
public struct ReadingLimits: Hashable, Sendable {
  /// The most entries.
  public var entries = 10_000_000
  /// The most bytes of one entry, decompressed.
  public var entryBytes = 64 << 30
  /// The most bytes of all entries together, decompressed.
  public var totalBytes = 1 << 40
  /// The most decompressed bytes for each byte of the file. The first 256 MiB are free, since a small file of zeros
  /// harms nobody.
  public var expansion = 200

  /// The limits that hold unless the user says otherwise.
  public init() {}
}

/// What has been taken from a source so far, held against the limits.
final class ReadingMeter {
  private static let free = 1 << 28
  /// The longest path that the system itself allows; it bounds what a list of names takes.
  private static let nameLimit = 4096

  private let path: String
  private let limits: ReadingLimits
  /// The size of the file that the entries come from; nil if they are files themselves.
  var fileSize: Int?
  private var entries = 0
  private var total = 0

  init(path: String, limits: ReadingLimits, fileSize: Int?) {
    self.path = path
    self.limits = limits
    self.fileSize = fileSize
  }

  /// One that has counted nothing, for another pass over the same file.
  func anew() -> ReadingMeter { ReadingMeter(path: path, limits: limits, fileSize: fileSize) }

  /// Counts an entry that is not a file.
  func pass() throws(ArchiveError) {
    entries += 1
    guard entries <= limits.entries else {
      throw ArchiveError(
        path: path, message: "found more than \(limits.entries) entries; limits.entries allows more")
    }
  }

  /// Counts a file, with all the bytes that it states: skipping them costs as much as reading them.
  func begin(_ name: String, size: Int?) throws(ArchiveError) {
    try pass()
    guard name.utf8.count <= Self.nameLimit else {
      throw ArchiveError(
        path: path, entry: name, message: "found a name of \(name.utf8.count) bytes; allowed are \(Self.nameLimit)")
    }
    guard size ?? 0 >= 0 else {
      throw ArchiveError(path: path, entry: name, message: "found a size of \(size ?? 0) bytes")
    }
    if let size { try take(size, of: name, position: size) }
  }

  /// Counts `count` bytes of an entry, whose bytes so far are `position`.
  func take(_ count: Int, of name: String, position: Int) throws(ArchiveError) {
    func refuse(_ found: String, _ key: String) -> ArchiveError {
      ArchiveError(path: path, entry: name, message: "found more than \(found); limits.\(key) allows more")
    }
    guard position <= limits.entryBytes else { throw refuse("\(limits.entryBytes) bytes", "entryBytes") }
    let (sum, overflow) = total.addingReportingOverflow(count)
    total = sum
    guard !overflow, total <= limits.totalBytes else {
      throw refuse("\(limits.totalBytes) bytes in all entries", "totalBytes")
    }
    try expand(to: total, in: name)
  }

  /// Looks at how many bytes have come out of the file so far, be they an entry's or not.
  func expand(to total: Int, in name: String? = nil) throws(ArchiveError) {
    guard let fileSize, total > Self.free, total / max(1, fileSize) >= limits.expansion else { return }
    throw ArchiveError(
      path: path, entry: name,
      message: "found more than \(limits.expansion) times the size of the file, \(fileSize) bytes; "
        + "limits.expansion allows more")
  }
}
