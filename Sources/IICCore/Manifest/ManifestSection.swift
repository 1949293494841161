/// A configuration that reads itself from its section of a manifest, with each default written once.
///
/// ```swift
/// struct ViewConfiguration: ManifestSection {
///   var rotation: Double
///   var seed: Int?
///
///   init(from section: SectionReader) throws(ManifestError) {
///     rotation = try section("rotation", .number(in: 0...180), default: 20, "largest rotation, degrees")
///     seed = try section("seed", .integer, default: nil, "random seed; drawn anew if absent")
///   }
/// }
/// ```
/// The same reads check the manifest, resolve it and document it. Keys that the initialiser does not read are
/// errors, which whoever reads the section (`ManifestDocument.read`, `SectionReader.read`) reports.
public protocol ManifestSection {
  /// Reads the configuration.
  init(from section: SectionReader) throws(ManifestError)
}
