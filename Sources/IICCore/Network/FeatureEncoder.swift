import Files
public import Foundation
public import Torch

/// The trunk of a network: views `[n, ...]` to features `[n, F]`, or to maps of features.
public struct FeatureEncoder {
  /// The layers.
  public let layer: any Layer
  /// F, the number of features per item.
  public let featureCount: Int
  /// Whether features are maps `[n, F, h, w]`, or `[n, F, l]` of series, a vector for each place, rather than `[n, F]`.
  public let isDense: Bool
  /// A file with the weights that it begins with; nil leaves those that were drawn. A network that begins to be trained
  /// takes them, one whose weights are read from a run or a checkpoint does without the file.
  public var initialWeights: InitialWeights?

  /// Makes an encoder of layers that end in `[n, featureCount]`, or in maps of so many features.
  public init(
    layer: any Layer, featureCount: Int, isDense: Bool = false, initialWeights: InitialWeights? = nil
  ) {
    self.layer = layer
    self.featureCount = featureCount
    self.isDense = isDense
    self.initialWeights = initialWeights
  }

  /// Takes the weights of the file, if there is one. Throws if it cannot be read, does not fit, or is another than it
  /// should be; then nothing changes.
  public func takeInitialWeights() throws { try initialWeights?.read(into: layer.state) }
}

/// A safetensors file with the weights that an encoder begins with.
public struct InitialWeights: Sendable {
  /// Where it is.
  public let url: URL
  /// The SHA-256 that it must have, in hexadecimal digits; nil accepts any.
  var expectedSHA256: String?
  private let isIgnored: @Sendable (String) -> Bool

  /// Names a file. It must hold every tensor of the encoder and no other, but for those whose names `isIgnored` accepts.
  public init(_ url: URL, ignoring isIgnored: @escaping @Sendable (String) -> Bool = { _ in false }) {
    self.url = url
    self.isIgnored = isIgnored
  }

  /// The SHA-256 of the file in hexadecimal digits.
  func hash() throws -> String {
    do {
      return try SHA256.hash(of: url)
    } catch let error as UserError {
      throw error
    } catch {
      throw UserError("\(path): cannot be read: \(error.localizedDescription)", key: "encoder.weights")
    }
  }

  func read(into state: [NamedTensor]) throws {
    if let expectedSHA256 {
      let found = try hash()
      guard found == expectedSHA256 else {
        throw UserError(
          "\(path): the initial weights are not the run's: SHA-256 was \(expectedSHA256.prefix(16))…, is "
            + "\(found.prefix(16))…", key: "encoder.weights")
      }
    }
    try Weights.read(url, into: state, ignoring: isIgnored)
  }

  private var path: String { url.path(percentEncoded: false) }
}
