import CCrypto
package import Foundation

/// A SHA-256 hash over bytes that arrive in pieces, computed by OpenSSL.
package struct SHA256: ~Copyable {
  /// The version of OpenSSL's library.
  package static var library: String { String(cString: OpenSSL_version(OPENSSL_VERSION)) }

  private let context: OpaquePointer

  /// Begins a hash. Throws if the library has no memory, or was configured without SHA-256.
  package init() throws(UserError) {
    guard let context = EVP_MD_CTX_new() else { throw Self.failure }
    guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      EVP_MD_CTX_free(context)
      throw Self.failure
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Takes the next bytes.
  package func update(_ bytes: UnsafeRawBufferPointer) throws(UserError) {
    guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else { throw Self.failure }
  }

  /// The hash of all bytes so far in hexadecimal digits. Nothing can be added afterwards.
  package consuming func hexadecimal() throws(UserError) -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    guard EVP_DigestFinal_ex(context, &digest, &count) == 1, count == 32 else { throw Self.failure }
    return digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  /// The hash of bytes.
  package static func hash(of bytes: some Collection<UInt8>) throws(UserError) -> String {
    let hash = try SHA256()
    let result = Array(bytes).withUnsafeBytes { bytes in Result { () throws(UserError) in try hash.update(bytes) } }
    try result.get()
    return try hash.hexadecimal()
  }

  /// The hash of a text in UTF-8.
  package static func hash(of text: String) throws(UserError) -> String { try hash(of: text.utf8) }

  /// The hash of a file, which may be larger than memory.
  package static func hash(of file: URL) throws -> String {
    let hash = try SHA256()
    let handle = try FileHandle(forReadingFrom: file)
    defer { try? handle.close() }
    while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
      try piece.withUnsafeBytes { try hash.update($0) }
    }
    return try hash.hexadecimal()
  }

  private static var failure: UserError { UserError("OpenSSL's libcrypto cannot compute a SHA-256 hash") }
}

/// The checksums of a folder's files, as `sha256sum` writes and checks them: a line for each.
package enum ChecksumList {
  package static let name = "SHA256SUMS"

  /// The line of a file, which may be larger than memory.
  package static func line(of name: String, in folder: URL) throws -> String {
    "\(try SHA256.hash(of: folder.appending(path: name)))  \(name)\n"
  }

  /// The lines of several files.
  package static func lines(of names: [String], in folder: URL) throws -> Data {
    Data(try names.map { try line(of: $0, in: folder) }.joined().utf8)
  }
}
