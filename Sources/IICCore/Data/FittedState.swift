import Files
import Foundation

/// What was fitted to the data of a run: a vocabulary, means and deviations, the names of classes. It is kept in the run's
/// folder, so that other data is read by what the network was trained with, never by what would be fitted to them.
public struct FittedState: Sendable, Codable, Equatable {
  /// Lists of texts, by what they are.
  public var texts: [String: [String]]
  /// Lists of numbers, by what they are.
  public var numbers: [String: [Double]]

  /// Puts together what was fitted.
  public init(texts: [String: [String]] = [:], numbers: [String: [Double]] = [:]) {
    self.texts = texts
    self.numbers = numbers
  }

  /// A hash of all of it, in hexadecimal digits.
  func hash() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try SHA256.hash(of: encoder.encode(self))
  }
}
