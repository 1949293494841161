import Manifest

/// The kinds of data and the objectives that a manifest may name.
public struct Registry: Sendable {
  let modalities: [any Modality.Type]
  let objectives: [any RegisteredObjective.Type]

  /// Keeps both in the order in which messages list them. The information loss of items, which is what a manifest without a
  /// name means, that of places and classification are known without being named.
  public init(_ modalities: [any Modality.Type], objectives: [any RegisteredObjective.Type] = []) {
    self.modalities = modalities
    self.objectives = [ClusteringObjective.self, DenseObjective.self, ClassificationObjective.self] + objectives
  }

  /// The names of the kinds of data, in order.
  public var names: [String] { modalities.map { $0.name } }

  /// The modality that a manifest's root names. An unknown name is an error that lists the known ones.
  func modality(from root: SectionReader) throws(ManifestError) -> (name: String, modality: any Modality) {
    let name = try root("modality", .choice(of: names), "the kind of data")
    guard let type = modalities.first(where: { $0.name == name }) else {
      throw root.error("modality", "no modality is registered as \(name)")
    }
    return (name, try type.init(from: root))
  }

  /// The objective that a manifest's root names, for these heads.
  func objective(from root: SectionReader, heads: HeadsConfiguration) throws(ManifestError) -> any Objective {
    try root.section("objective", "what the network is trained for") { section throws(ManifestError) in
      let name = try section(
        "name", .choice(of: objectives.map { $0.name }), default: ClusteringObjective.name,
        "the objective; information is the paper's of items, dense its one of places, for segmentation; classification "
          + "learns classes that are known of some items")
      guard let type = objectives.first(where: { $0.name == name }) else {
        throw section.error("name", "no objective is registered as \(name)")
      }
      return try type.init(from: section, heads: heads)
    }
  }
}
