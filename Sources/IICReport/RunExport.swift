import Files
public import Foundation
public import IICCore
import Torch

/// What a run found, in the forms that other tools open.
public struct RunExport {
  /// The forms.
  public enum Form: String, CaseIterable, Sendable {
    /// A table: `id,cluster,name,probability,margin,label,x,y`.
    case csv
    /// The same as a JSON object a line.
    case jsonl
    /// JSON lines for embedding-atlas: with `neighbors`, the places of nearest items among the lines and their distances.
    case embeddingAtlas = "embedding-atlas"
    /// A file of labels as FiftyOne's image classification has it, by the names of pictures without their suffixes.
    case fiftyOne = "fiftyone"
    /// A folder of arrays for cleanlab's Datalab: `features.npy` `[n, F]`, `pred_probs.npy` `[n, K]` of the clusters that hold
    /// items, each row of sum 1, `labels.npy` `[n]`, the cluster as its place among these columns, and `ids.json`.
    case datalab
  }

  /// An item's neighbours in embedding-atlas.
  private static let neighbours = 15

  private let run: FinishedRun
  private let assigner: Assigner
  private let labels: [ItemLabel]
  private let items: [Int]

  /// Labels the items of a run.
  public init(_ run: FinishedRun) throws {
    self.run = run
    assigner = try Assigner(RunModel(finished: run))
    items = run.experiment.evaluatedItems
    labels = try assigner.labels(of: items[...], in: run.experiment.dataset)
  }

  /// The number of items.
  public var count: Int { items.count }
  /// What the user should know, a line each.
  public var warnings: [String] { assigner.warnings }

  /// Writes a form to a file or, for Datalab, into a folder.
  public func write(_ form: Form, to url: URL) throws {
    switch form {
    case .csv: try WholeFile.save(Data(csv(RunMap.places(of: run)).utf8), to: url)
    case .jsonl: try WholeFile.save(lines(try rows(RunMap.places(of: run)), nil as [Neighbours]?), to: url)
    case .embeddingAtlas:
      let rows = try rows(RunMap.places(of: run))
      try WholeFile.save(lines(rows, neighbours()), to: url)
    case .fiftyOne: try WholeFile.save(fiftyOne(), to: url)
    case .datalab: try writeArrays(to: url)
    }
  }

  private struct Row: Encodable {
    let id: String
    let cluster: Int
    let name, label: String?
    let probability, margin, x, y: Float
    var neighbors: Neighbours?
  }

  private struct Neighbours: Encodable {
    let ids: [Int]
    let distances: [Double]
  }

  private func label(_ item: Int) -> String? {
    let description = run.experiment.dataset.description
    return description.labels.map { description.className($0[item]) }
  }

  private func rows(_ places: [Float]) -> [Row] {
    items.indices.map { place in
      let found = labels[place]
      return Row(
        id: run.experiment.dataset.description.ids[items[place]], cluster: found.cluster,
        name: assigner.clusters.names[found.cluster], label: label(items[place]), probability: found.probability,
        margin: found.margin, x: places[2 * place], y: places[2 * place + 1])
    }
  }

  private func csv(_ places: [Float]) -> String {
    var text = "id,cluster,name,probability,margin,label,x,y\n"
    for row in rows(places) {
      let numbers = [row.probability, row.margin].map { String(format: "%.6f", $0) }.joined(separator: ",")
      text += "\(CSVField.text(row.id)),\(row.cluster),\(CSVField.text(row.name ?? "")),\(numbers),"
      text += "\(CSVField.text(row.label ?? "")),\(row.x),\(row.y)\n"
    }
    return text
  }

  private func lines(_ rows: [Row], _ neighbours: [Neighbours]?) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var data = Data()
    for (place, row) in rows.enumerated() {
      var row = row
      row.neighbors = neighbours?[place]
      data += try encoder.encode(row) + Data("\n".utf8)
    }
    return data
  }

  private func neighbours() throws -> [Neighbours] {
    let inputs = try run.experiment.headInputs(of: run.network, items)
    let found = try NearestNeighbours(k: min(Self.neighbours, items.count - 1), metric: .cosine)
      .neighbourhoods(of: inputs)
    return found.map { Neighbours(ids: $0.items, distances: $0.distances) }
  }

  private struct FiftyOne: Encodable {
    struct Label: Encodable {
      let label: Int
      let confidence: Float
    }

    let classes: [String]
    let labels: [String: Label]
  }

  private func fiftyOne() throws -> Data {
    let numbers = assigner.clusters.numbers
    let places = Dictionary(uniqueKeysWithValues: zip(numbers, 0...))
    var found: [String: FiftyOne.Label] = [:]
    for (item, label) in zip(items, labels) {
      let id = run.experiment.dataset.description.ids[item]
      let name = URL(filePath: "/" + id).deletingPathExtension().path(percentEncoded: false).dropFirst()
      guard found[String(name)] == nil else {
        throw UserError("\(id): another item is called so but for the suffix, which FiftyOne does not tell apart")
      }
      found[String(name)] = FiftyOne.Label(label: places[label.cluster] ?? 0, confidence: label.probability)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let classes = numbers.map { assigner.clusters.names[$0] ?? "cluster \($0)" }
    return try encoder.encode(FiftyOne(classes: classes, labels: found))
  }

  private func writeArrays(to folder: URL) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw UserError("\(folder.path(percentEncoded: false)): cannot be made: \(error.localizedDescription)")
    }
    let inputs = try run.experiment.headInputs(of: run.network, items)
    var features = try NPYWriter(
      at: folder.appending(path: "features.npy"), shape: [count, inputs.shape[1]], element: .float32)
    try features.append(Data(inputs.float32Bytes()))
    try features.finish()
    // Datalab wants a column for each class that labels have, and no other.
    let held = Set(labels.map(\.cluster))
    let columns = assigner.clusters.numbers.indices.filter { held.contains(assigner.clusters.numbers[$0]) }
    var probabilities = try NPYWriter(
      at: folder.appending(path: "pred_probs.npy"), shape: [count, columns.count], element: .float32)
    for label in labels {
      let likely = columns.map { label.probabilities[$0] }
      let sum = max(likely.reduce(0, +), .leastNormalMagnitude)
      try probabilities.append(likely.map { $0 / sum }.withUnsafeBytes { Data($0) })
    }
    try probabilities.finish()
    let places = Dictionary(uniqueKeysWithValues: zip(columns.map { assigner.clusters.numbers[$0] }, 0...))
    try NPYWriter.write(labels.map { places[$0.cluster] ?? 0 }, to: folder.appending(path: "labels.npy"))
    let ids = items.map { run.experiment.dataset.description.ids[$0] }
    try WholeFile.save(JSONEncoder().encode(ids), to: folder.appending(path: "ids.json"))
  }

  /// Writes the evaluated items as the network takes them, and as the model of `DeployedModel` does, whatever it clusters:
  /// an array `[n, ...]`. Returns n.
  public static func writeSamples(of run: FinishedRun, to url: URL) throws -> Int {
    let (dataset, items) = (run.experiment.dataset, run.experiment.evaluatedItems)
    let element: NPYWriter.Element =
      switch dataset.description.element {
      case .uint8: .uint8
      case .int16: .int16
      case .int32: .int32
      case .float32: .float32
      }
    var array = try NPYWriter(at: url, shape: [items.count] + dataset.description.shape, element: element)
    for start in stride(from: 0, to: items.count, by: 256) {
      try array.append(Data(dataset.bytes(at: items[start..<min(start + 256, items.count)])))
    }
    try array.finish()
    return items.count
  }
}
