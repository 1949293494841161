import Files
public import Foundation
import Torch

/// A run's network as an ONNX model, for programs that have none of this one: from samples as the run's data have them to
/// the clusters, with the views by which items are evaluated inside.
///
/// Outputs for n items: `features` `[n, F]`, what heads take; `probabilities` `[n, K]` of the clusters in the order of
/// their numbers, as edits leave them; `cluster` `[n]`, the number of each item's. Of a run that clusters places they are
/// `[n, F, h, w]`, `[n, K, H, W]` and `[n, H, W]`.
public struct DeployedModel {
  private static let outputs = ["features", "probabilities", "cluster"]
  /// Items that are shown to the network to see what it does.
  private static let traced = 4

  private let model: RunModel
  private let subhead, auxiliarySubhead: Int
  private let clusters: EditedClusters
  private let element: DatasetDescription.Element
  /// What the user should know, a line each.
  public let warnings: [String]

  /// Prepares a run, whose network must compute in float32: `training.precision=float32`. Its data are not needed.
  public init(_ model: RunModel) throws {
    self.model = model
    let (chosen, problem) = model.subhead
    subhead = chosen ?? 0
    auxiliarySubhead = model.configuration.heads.auxiliary?.subhead(beside: subhead) ?? 0
    let edits = try model.edits(subhead: subhead)
    clusters = edits.clusters
    element = try model.sampleElement ?? model.dataset().description.element
    var warnings = [problem].compactMap { $0 } + edits.warnings
    if model.configuration.evaluation.statistics == .batch {
      warnings.append(
        "evaluation.statistics: batch: the model normalises by the training's averages, so that no item's label depends on "
          + "others")
    }
    self.warnings = warnings
  }

  /// Writes the model and, beside it under the same name with `.json` behind it, what its input and outputs are; returns
  /// that file.
  @discardableResult
  public func write(to url: URL) throws -> URL {
    let sample = try Tensor.full([Self.traced] + model.sampleShape, 0, dtype: element.dataType)
    let exported = try ONNXModel(
      of: sample, named: "samples", weights: model.network.state, outputs: Self.outputs, outcome)
    try WholeFile.save(Data(exported.bytes), to: url)
    let description = url.appendingPathExtension("json")
    try WholeFile.save(encoded(), to: description)
    return description
  }

  /// Features, probabilities and clusters of samples.
  private func outcome(_ samples: Tensor) throws -> [Tensor] {
    let configuration = model.configuration
    let views = try configuration.modality.evaluationViews(of: samples)
    let names = [HeadsConfiguration.main] + (clusters.isSplit ? [HeadsConfiguration.auxiliary] : [])
    var features: Tensor?
    var sums: [String: Tensor] = [:]
    for view in views {
      let found = try model.network.features(view, .evaluation)
      let inputs = try model.network.headInputs(found, .evaluation)
      features = try features.map { try $0 + inputs } ?? inputs
      for (name, part) in try model.network.outputs(found, .evaluation, of: names, view: view) {
        sums[name] = try sums[name].map { try $0 + part } ?? part
      }
    }
    guard let features, let main = sums[HeadsConfiguration.main] else {
      throw UserError("the modality gave no view")
    }
    let scale = 1 / Double(views.count)
    let (probabilities, cluster) = try edited(
      last(main * scale, subhead), sums[HeadsConfiguration.auxiliary].map { try last($0 * scale, auxiliarySubhead) }
    )
    return [try features * scale, try first(probabilities), cluster]
  }

  /// A sub-head's probabilities with the clusters in the last dimension, `[n, K]` or `[n, H, W, K]`.
  private func last(_ outputs: Tensor, _ subhead: Int) throws -> Tensor {
    let own = try outputs.sliced(subhead..<(subhead + 1), along: 1)
    let shape = own.shape
    let flat = try own.reshaped([shape[0]] + shape.dropFirst(2))
    return shape.count == 5 ? try flat.permuted([0, 2, 3, 1]) : flat
  }

  /// Clusters where networks have them, `[n, K, H, W]`.
  private func first(_ probabilities: Tensor) throws -> Tensor {
    probabilities.shape.count == 4 ? try probabilities.permuted([0, 3, 1, 2]) : probabilities
  }

  /// What edits make of the heads' probabilities, `[..., K]` and `[..., K']`: those of the clusters, and their numbers.
  private func edited(_ main: Tensor, _ auxiliary: Tensor?) throws -> (probabilities: Tensor, numbers: Tensor) {
    let rank = main.shape.count
    let chosen = try main.argmax(along: rank - 1)
    guard clusters.isRegrouped else { return (main, chosen) }
    let table = clusters.table
    let membership = try Tensor(
      table.flatMap { number in clusters.numbers.map { $0 == number ? 1 : 0 } as [Float] },
      shape: [table.count, clusters.numbers.count])
    guard let auxiliary, clusters.isSplit else {
      return (try main.matmul(membership), try Self.numbers(table, at: chosen))
    }
    let (rows, columns) = (main.shape.last ?? 1, auxiliary.shape.last ?? 1)
    let places = Array(main.shape.dropLast())
    let pairs = try main.reshaped(places + [rows, 1]) * auxiliary.reshaped(places + [1, columns])
    let cell = try chosen * Double(columns) + auxiliary.argmax(along: rank - 1)
    return (
      try pairs.reshaped(places + [rows * columns]).matmul(membership), try Self.numbers(table, at: cell)
    )
  }

  /// The numbers in a table at places of any shape.
  private static func numbers(_ table: [Int], at places: Tensor) throws -> Tensor {
    try Tensor(table).selecting(places.reshaped([places.count])).reshaped(places.shape)
  }

  private struct Description: Encodable {
    struct Port: Encodable {
      let name: String
      let shape: [String]
      let type: String
    }

    struct Cluster: Encodable {
      let cluster: Int
      let name: String?
    }

    let name, modality, program, weightsSHA256: String
    let input: Port
    let outputs: [String]
    let clusters: [Cluster]
  }

  private func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(
      Description(
        name: model.configuration.name, modality: model.configuration.modalityName,
        program: "iic \(ProgramVersion.number)", weightsSHA256: SHA256.hash(of: model.weights),
        input: Description.Port(
          name: "samples", shape: ["items"] + model.sampleShape.map(String.init), type: element.rawValue),
        outputs: Self.outputs,
        clusters: clusters.numbers.map { Description.Cluster(cluster: $0, name: clusters.names[$0]) }))
  }
}
