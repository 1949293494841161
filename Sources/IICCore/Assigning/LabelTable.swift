import Files
public import Foundation

/// The formats in which labels are written.
public enum LabelFormat: String, CaseIterable, Sendable {
  /// A table with a header.
  case csv
  /// A JSON object a line.
  case jsonl
  /// An array that NumPy reads: the numbers of the clusters, int64 `[n]`, or all probabilities, float32 `[n, K]`.
  case npy
}

/// Labels as bytes, a row for each item.
public struct LabelTable: Sendable {
  /// An item with its label, or with what is wrong with it.
  public enum Row: Sendable {
    case label(id: String, ItemLabel)
    case problem(id: String, String)
  }

  private let format: LabelFormat
  private let clusters: EditedClusters
  private let hasAll: Bool

  /// Writes rows in a format; `hasAll` adds the probability of every cluster.
  public init(_ format: LabelFormat, of clusters: EditedClusters, hasAll: Bool) {
    (self.format, self.clusters, self.hasAll) = (format, clusters, hasAll)
  }

  /// What stands before the rows of so many items.
  public func header(items: Int) -> Data {
    switch format {
    case .csv:
      let all = hasAll ? clusters.numbers.map { "p_\($0)" } : []
      return Data(
        (["id", "cluster", "name", "probability", "margin", "problem"] + all).joined(separator: ",").utf8)
        + Data("\n".utf8)
    case .jsonl: return Data()
    case .npy:
      return hasAll
        ? NPYWriter.header(shape: [items, clusters.numbers.count], element: .float32)
        : NPYWriter.header(shape: [items], element: .int64)
    }
  }

  /// The bytes of some rows.
  public func data(_ rows: some Sequence<Row>) -> Data {
    var data = Data()
    for row in rows {
      switch format {
      case .csv: data.append(contentsOf: "\(csv(row))\n".utf8)
      case .jsonl: data.append(contentsOf: "\(json(row))\n".utf8)
      case .npy: append(row, to: &data)
      }
    }
    return data
  }

  private func csv(_ row: Row) -> String {
    switch row {
    case .label(let id, let label):
      var line = "\(CSVField.text(id)),\(label.cluster),\(CSVField.text(clusters.names[label.cluster] ?? "")),"
      line += "\(Self.text(label.probability)),\(Self.text(label.margin)),"
      if hasAll { for value in label.probabilities { line += ",\(Self.text(value))" } }
      return line
    case .problem(let id, let reason):
      let missing = hasAll ? String(repeating: ",", count: clusters.numbers.count) : ""
      return "\(CSVField.text(id)),,,,,\(CSVField.text(reason))\(missing)"
    }
  }

  private func json(_ row: Row) -> String {
    switch row {
    case .label(let id, let label):
      var line = "{\"id\":\(Self.quoted(id)),\"cluster\":\(label.cluster)"
      if let name = clusters.names[label.cluster] { line += ",\"name\":\(Self.quoted(name))" }
      line += ",\"probability\":\(Self.text(label.probability)),\"margin\":\(Self.text(label.margin))"
      if hasAll { line += ",\"probabilities\":[\(label.probabilities.map(Self.text).joined(separator: ","))]" }
      return line + "}"
    case .problem(let id, let reason):
      return "{\"id\":\(Self.quoted(id)),\"problem\":\(Self.quoted(reason))}"
    }
  }

  private func append(_ row: Row, to data: inout Data) {
    let values: [Float]
    let cluster: Int
    switch row {
    case .label(_, let label): (values, cluster) = (label.probabilities, label.cluster)
    case .problem: (values, cluster) = (Array(repeating: .nan, count: clusters.numbers.count), -1)
    }
    if hasAll {
      values.withUnsafeBytes { data.append(contentsOf: $0) }
    } else {
      withUnsafeBytes(of: Int64(cluster).littleEndian) { data.append(contentsOf: $0) }
    }
  }

  /// A number from -1 to 1 with six decimals.
  private static func text(_ value: Float) -> String {
    let millionths = Int((Double(value) * 1e6).rounded())
    let digits = String(abs(millionths) % 1_000_000)
    let sign = millionths < 0 ? "-" : ""
    return "\(sign)\(abs(millionths) / 1_000_000).\(String(repeating: "0", count: 6 - digits.count))\(digits)"
  }

  /// A text as JSON has it.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        quoted += "\\u" + String(repeating: "0", count: scalar.value < 16 ? 3 : 2)
        quoted += String(scalar.value, radix: 16)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
