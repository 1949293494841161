import CCrypto
import Foundation

/// A SHA-256 hash over bytes that arrive in pieces, computed by OpenSSL.
struct SHA256: ~Copyable {
  /// The version of OpenSSL's library.
  static var library: String { String(cString: OpenSSL_version(OPENSSL_VERSION)) }

  private let context: OpaquePointer

  /// Begins a hash. Throws if the library has no memory, or was configured without SHA-256.
  init() throws(DataError) {
    guard let context = EVP_MD_CTX_new() else { throw Self.failure }
    guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      EVP_MD_CTX_free(context)
      throw Self.failure
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Takes the next bytes.
  func update(_ bytes: UnsafeRawBufferPointer) throws(DataError) {
    guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else { throw Self.failure }
  }

  /// The hash of all bytes so far in hexadecimal digits. Nothing can be added afterwards.
  consuming func hexadecimal() throws(DataError) -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    guard EVP_DigestFinal_ex(context, &digest, &count) == 1, count == 32 else { throw Self.failure }
    return digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  /// The hash of bytes.
  static func hash(of bytes: some Collection<UInt8>) throws(DataError) -> String {
    let hash = try SHA256()
    let result = Array(bytes).withUnsafeBytes { bytes in Result { () throws(DataError) in try hash.update(bytes) } }
    try result.get()
    return try hash.hexadecimal()
  }

  /// The hash of a text in UTF-8.
  static func hash(of text: String) throws(DataError) -> String { try hash(of: text.utf8) }

  /// The hash of a file, which may be larger than memory.
  static func hash(of file: URL) throws -> String {
    let hash = try SHA256()
    let handle = try FileHandle(forReadingFrom: file)
    defer { try? handle.close() }
    while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
      try piece.withUnsafeBytes { try hash.update($0) }
    }
    return try hash.hexadecimal()
  }

  private static var failure: DataError { DataError("OpenSSL's libcrypto cannot compute a SHA-256 hash") }
}
