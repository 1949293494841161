public import Manifest

/// What a manifest may say about one kind of data, taken from the code that reads it.
public struct ModalityDescription: Sendable {
  /// The key by which manifests choose a network, where a modality offers several.
  public static let encoderKey = "encoder.name"

  /// The name that manifests call the modality by.
  public let name: String
  /// Every key of a manifest about this kind of data, in the order of reading.
  public let keys: [ManifestKey]
  /// The keys that the modality reads itself; the others are the same for every kind of data.
  public let ownPaths: Set<String>

  /// The networks it offers by name; empty if there is no choice.
  public var encoders: [String] { keys.first { $0.path == Self.encoderKey }?.choices ?? [] }

  /// The keys that the modality reads itself.
  public var ownKeys: [ManifestKey] { keys.filter { ownPaths.contains($0.path) } }

  /// Describes a modality. Throws only what its initialiser throws of its own accord.
  public init<M: Modality>(_ modality: M.Type) throws(ManifestError) {
    name = M.name
    keys = try ManifestKey.describe { root throws(ManifestError) in
      _ = try ExperimentConfiguration(from: root, registry: Registry([modality]))
    }
    ownPaths = Set(try ManifestKey.describe(modality).map(\.path))
  }
}

extension Registry {
  /// What manifests may say about each modality, in order.
  public func descriptions() throws(ManifestError) -> [ModalityDescription] {
    var descriptions: [ModalityDescription] = []
    for modality in modalities { descriptions.append(try ModalityDescription(modality)) }
    return descriptions
  }
}
