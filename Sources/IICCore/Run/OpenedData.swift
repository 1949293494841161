import Files
import Manifest

/// The data of a manifest, opened once: the items, which of them belong together, what was fitted to them. Experiments
/// with other seeds, heads or trainings may share it.
public struct OpenedData: Sendable {
  /// The items.
  public internal(set) var dataset: Dataset
  /// What the user should know about the data, a line each.
  public let warnings: [String]
  /// The SHA-256 of the table of pairs, if there is one.
  public let pairsSHA256: String?

  /// Opens what a manifest names, or takes `given` in its place: what another manifest's table of pairs added to it does
  /// not count. `fitted` is what was fitted to a run's data; nil fits anew.
  init(
    _ configuration: ExperimentConfiguration, _ document: ManifestDocument?, cache: SampleCache,
    fitted: FittedState?, dataset given: Dataset? = nil
  ) throws {
    let modality = configuration.modality
    var dataset = try document.locating("data.source") {
      if let given { return given.withoutTable }
      guard let own = Self.own(fitted) else { return try modality.dataset(cache: cache) }
      return try modality.dataset(cache: cache, fitted: own)
    }
    let pairs = try document.locating("pairs.source") { try configuration.pairs?.apply(to: &dataset) }
    if let names = fitted?.texts[Self.classNames] { dataset.numberClasses(like: names) }
    self.dataset = dataset
    pairsSHA256 = pairs?.contentHash
    warnings = dataset.description.notes + (pairs?.warnings ?? [])
  }

  /// What a modality itself fitted to a run's data; nil if nothing.
  static func own(_ fitted: FittedState?) -> FittedState? {
    var own = fitted
    own?.texts[classNames] = nil
    return own == FittedState() ? nil : own
  }

  /// Under what the names of classes are among what is fitted.
  private static let classNames = "classes"

  /// What is kept of the data in a run's folder.
  var fitted: FittedState {
    var fitted = dataset.description.fitted ?? FittedState()
    fitted.texts[Self.classNames] = dataset.description.classNames
    return fitted
  }
}
