import Files
public import Foundation

/// Appends samples to a cache entry that is being built.
public struct SampleWriter {
  /// The bytes appended so far.
  public private(set) var count = 0
  private let handle: FileHandle
  private let path: String

  init(url: URL) throws {
    path = url.path(percentEncoded: false)
    guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
      throw UserError("\(path): cannot be made")
    }
    handle = try FileHandle(forWritingTo: url)
  }

  /// Appends the bytes of one or more samples. Throws if they cannot be written, on a full disk say.
  public mutating func append(_ bytes: some DataProtocol) throws {
    do {
      try handle.write(contentsOf: bytes)
    } catch {
      throw UserError("\(path): the sample cache cannot be written: \(error)")
    }
    count += bytes.count
  }

  func finish(expected: Int) throws {
    guard count == expected, count > 0 else {
      throw UserError("\(path): \(count) bytes of samples were decoded; their description says \(expected)")
    }
    try handle.synchronize()
    try handle.close()
  }
}
