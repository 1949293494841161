import CCrypto

/// A SHA-256 hash over bytes that arrive in pieces, computed by OpenSSL.
struct SHA256: ~Copyable {
  private let context: OpaquePointer?

  init() {
    context = EVP_MD_CTX_new()
    EVP_DigestInit_ex(context, EVP_sha256(), nil)
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Takes the next bytes.
  func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  /// The hash of all bytes so far in hexadecimal digits. Nothing can be added afterwards.
  consuming func hexadecimal() -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_DigestFinal_ex(context, &digest, nil)
    return digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  /// The hash of a text in UTF-8.
  static func hash(of text: String) -> String {
    let hash = SHA256()
    Array(text.utf8).withUnsafeBytes { hash.update($0) }
    return hash.hexadecimal()
  }
}
