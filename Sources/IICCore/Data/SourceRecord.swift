import Archive
import Files
import Foundation

/// That sources were hashed, and what the file system said of them then.
///
/// Hashing a large archive takes as long as reading it. So beside each entry of the cache a record is kept of the
/// path, size, time of writing, time of change, inode and device of every file that the entry was made of. While all
/// are as they were, the bytes are taken to be the same. Who writes to a file changes at least its time of change,
/// which programs cannot set; only a file system with coarse clocks could miss a second write right after the first.
/// Files changed in the last seconds are therefore always hashed again.
struct SourceRecord {
  /// A time by which every file system in use tells two changes apart, nanoseconds.
  static let clockStep = 2_000_000_000

  /// The name of the record's file: the sources' paths, the entries asked for and the decoding.
  private let name: String
  /// What the file system says, as a hash.
  private let digest: String
  /// Whether every file's last change is long enough ago for the record to be kept.
  private let isSettled: Bool

  init(
    _ sources: [(source: DataSource, entries: [String]?)], decoding: String, clockStep: Int = Self.clockStep
  ) throws {
    let paths = sources.map { source, entries in
      "\(URL(filePath: source.path).standardizedFileURL.path(percentEncoded: false)) \(entries?.description ?? "all")"
        + " \(source.nameEncoding?.description ?? "UTF-8") \(source.links)"
    }
    name = "sources-\(try SHA256.hash(of: "\(decoding)\n\(paths)").prefix(32))"
    let stamps = try Self.stamps(of: sources)
    digest = try Self.digest(stamps)
    let limit = Int(Date().timeIntervalSince1970 * 1e9) - clockStep
    isSettled = stamps.allSatisfy { $0.modified < limit && $0.changed < limit }
  }

  /// Whether the sources have not changed since the record was made.
  func stillHolds(_ sources: [(source: DataSource, entries: [String]?)]) throws -> Bool {
    try Self.digest(Self.stamps(of: sources)) == digest
  }

  /// Whether an entry was made of the same files.
  func isKept(in entry: URL) -> Bool {
    guard let file = try? PrivateFile(entry.appending(path: name)), file.size == digest.utf8.count else {
      return false
    }
    return (try? file.contents()) == Data(digest.utf8)
  }

  /// Notes that an entry was made of these files. Nothing is lost if that fails: they are hashed again.
  func keep(in entry: URL) {
    guard isSettled else { return }
    try? WholeFile.write([Data(digest.utf8)], to: entry.appending(path: name))
  }

  private static func stamps(of sources: [(source: DataSource, entries: [String]?)]) throws -> [FileStamp] {
    try sources.flatMap { try $0.source.stamps(only: $0.entries) }
  }

  private static func digest(_ stamps: [FileStamp]) throws -> String {
    let hash = try SHA256()
    for stamp in stamps {
      let numbers = [stamp.size, stamp.modified, stamp.changed].map { "\($0)" }.joined(separator: " ")
      let line = "\(stamp.path.debugDescription) \(numbers) \(stamp.inode) \(stamp.device)\n"
      try Array(line.utf8).withUnsafeBytes { try hash.update($0) }
    }
    return try hash.hexadecimal()
  }
}
