import Archive
import Files
import Foundation
import Reading

extension SampleCache {
  func open(_ entry: URL) throws -> Dataset {
    try PrivateFile.checkFolder(entry)
    let sums = try PrivateFile(entry.appending(path: ChecksumList.name)).contents()
    let lines = String(decoding: sums, as: UTF8.self).split(separator: "\n").map { "\($0)\n" }
    let data = try PrivateFile(entry.appending(path: Self.descriptionName)).contents()
    guard lines.count == 2, try lines[0] == ChecksumList.line(of: Self.descriptionName, in: entry) else {
      throw UserError("\(entry.path(percentEncoded: false)): the description's checksum is another")
    }
    let description = try JSONDecoder().decode(DatasetDescription.self, from: data)
    try description.validate()
    let count = description.ids.count * description.sampleByteCount
    let samples = try PrivateFile(entry.appending(path: Self.samplesName))
    try check(samples, line: lines[1], in: entry)
    return Dataset(description: description, file: try MappedFile(samples, count: count))
  }

  /// Compares the samples' checksum, unless the file is as it was when that was done last.
  private func check(_ samples: PrivateFile, line: String, in entry: URL) throws {
    let known = try? PrivateFile(entry.appending(path: Self.checkedName)).contents()
    if known == Self.checked(samples, line) { return }
    guard try line == ChecksumList.line(of: Self.samplesName, in: entry) else {
      throw UserError("\(entry.path(percentEncoded: false)): the samples' checksum is another")
    }
    note(samples, have: line, in: entry)
  }

  /// Notes that the samples as they are have this checksum. Nothing is lost if that fails: they are hashed again.
  func note(_ samples: PrivateFile, have line: String, in entry: URL) {
    try? WholeFile.write([Self.checked(samples, line)], to: entry.appending(path: Self.checkedName))
  }

  private static func checked(_ samples: PrivateFile, _ line: String) -> Data {
    Data("\(line)\(samples.stamp)\n".utf8)
  }

  /// Makes the folder, for this user alone.
  func prepareFolder() throws {
    let path = folder.path(percentEncoded: false)
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw UserError("\(path): the cache folder cannot be made: \(error.localizedDescription)")
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_uid == geteuid() else {
      throw UserError("\(path): the cache folder belongs to another user")
    }
    guard status.st_mode & 0o777 == 0o700 || chmod(path, 0o700) == 0 else {
      throw UserError("\(path): the cache folder cannot be made private: \(String(cString: strerror(errno)))")
    }
  }

  /// Notes the use of an entry in its folder's time. That it fails makes a listing inexact and nothing else.
  func touch(_ entry: URL) { _ = utimensat(AT_FDCWD, entry.path(percentEncoded: false), nil, 0) }
}
