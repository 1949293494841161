/// What is wrong with a safetensors file, and where.
///
/// Its description is one line for the user, for example
/// `weights.safetensors: tensor "head.weight": found 12 bytes; expected 16 bytes for F32 [2, 2]`.
public struct SafetensorsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path of the file.
  public let file: String
  /// The tensor concerned; nil if the problem is not one tensor's.
  public let tensor: String?
  /// What was found.
  public let found: String
  /// What is allowed.
  public let allowed: String

  /// Makes an error.
  public init(file: String, tensor: String? = nil, found: String, allowed: String) {
    self.file = file
    self.tensor = tensor
    self.found = found
    self.allowed = allowed
  }

  /// The error as one line: file, tensor, what was found, what is allowed.
  public var description: String {
    let place = tensor.map { "\(file): tensor \"\($0.excerpt(80))\"" } ?? file
    return "\(place): found \(found); expected \(allowed)"
  }
}
