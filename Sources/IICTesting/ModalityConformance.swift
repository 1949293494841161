public import Foundation
public import IICCore

/// Checks that a modality keeps what the core relies on.
///
/// It needs a whole manifest and a function that writes a little data where the manifest expects it, and imports no
/// test framework: what does not hold is thrown. With Swift Testing:
///
///     static let sensors = ModalityConformance(
///       SensorModality.self, manifest: "name: test\nmodality: sensor\n…", write: { folder in … })
///
///     @Test(arguments: ConformanceCheck.allCases)
///     func sensors(_ check: ConformanceCheck) throws { try Self.sensors.holds(check) }
public struct ModalityConformance: Sendable, CustomStringConvertible {
  /// Data that a modality must refuse.
  public struct Refused: Sendable {
    let overrides: [String]
    let mention: String
    let write: @Sendable (URL) throws -> Void

    /// Describes the data: what it changes in the manifest, as `key.path=value`; what the message must mention, such
    /// as the name of the damaged file; how it is written into a folder.
    public init(
      overrides: [String] = [], mention: String, write: @escaping @Sendable (URL) throws -> Void = { _ in }
    ) {
      self.overrides = overrides
      self.mention = mention
      self.write = write
    }
  }

  let modality: any Modality.Type
  let manifest: String
  let items: Int?
  let classes: Int?
  let encoderOverrides: [String: [String]]
  let hasRandomViews: Bool
  let layouts: [DataLayout]
  let empty, corrupt: Refused?
  let write: @Sendable (URL) throws -> Void

  /// Describes what is checked.
  ///
  /// - Parameters:
  ///   - modality: the modality.
  ///   - manifest: a whole manifest, whose relative paths start at the folder that `write` fills.
  ///   - items: the number of items in the data; nil if it does not matter. At least 8 are needed.
  ///   - classes: the number of classes in the data; nil if it has no labels.
  ///   - encoderOverrides: what an encoder, by its name, needs besides `encoder.name`, as `key.path=value`.
  ///   - hasRandomViews: false if the two views of an item are always the same, as for pairs that a user names.
  ///   - layouts: ways to write the section `data`, which together read all its keys, of data that `write` makes.
  ///   - empty: data without items.
  ///   - corrupt: data of which one item cannot be decoded; nil if that cannot be.
  ///   - write: writes the data into a new folder.
  public init(
    _ modality: any Modality.Type, manifest: String, items: Int? = nil, classes: Int? = nil,
    encoderOverrides: [String: [String]] = [:], hasRandomViews: Bool = true, layouts: [DataLayout] = [DataLayout()],
    empty: Refused?, corrupt: Refused?, write: @escaping @Sendable (URL) throws -> Void
  ) {
    self.modality = modality
    self.manifest = manifest
    self.items = items
    self.classes = classes
    self.encoderOverrides = encoderOverrides
    self.hasRandomViews = hasRandomViews
    self.layouts = layouts
    self.empty = empty
    self.corrupt = corrupt
    self.write = write
  }

  /// The name of the modality.
  public var description: String { modality.name }

  /// Throws a `ConformanceError` if the modality does not hold to something, or the error that it throws itself.
  public func holds(_ check: ConformanceCheck) throws {
    let report = ConformanceReport(modality: modality.name, check: check)
    switch check {
    case .manifest: try checkManifest(report)
    case .data: try checkData(report)
    case .reopening: try checkReopening(report)
    case .cacheKeys: try checkCacheKeys(report)
    case .views: try checkViews(report)
    case .determinism: try checkDeterminism(report)
    case .independence: try checkIndependence(report)
    case .evaluation: try checkEvaluation(report)
    case .gradients: try checkGradients(try open(), report)
    case .training: try checkTraining(report)
    case .encoders: try checkEncoders(report)
    case .emptyData: try checkRefusal(of: empty, report)
    case .corruptItem: try checkRefusal(of: corrupt, report)
    }
  }

  /// Makes every check; throws at the first that fails.
  public func holds() throws {
    for check in ConformanceCheck.allCases { try holds(check) }
  }
}

/// Turns what does not hold into an error.
struct ConformanceReport {
  let modality: String
  let check: ConformanceCheck

  func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws(ConformanceError) {
    if !condition { throw error(message()) }
  }

  func error(_ message: String) -> ConformanceError {
    ConformanceError(modality: modality, check: check, message: message)
  }
}
