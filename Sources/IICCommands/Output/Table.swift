import IICCore

/// The table that a run ends with.
enum Table {
  /// The columns of figures of items, and of places.
  static let items = ["ACC", "NMI", "ARI"], places = ["ACC", "ACC n:1", "mean IoU"]

  /// The figures of each row in percent; a row without figures is left out.
  static func render(_ rows: [(name: String, scores: [Double]?)], columns: [String] = items) -> String {
    let known = rows.compactMap { row in row.scores.map { (row.name, $0) } }
    guard !known.isEmpty else { return "no labels, so no accuracy" }
    let width = known.map(\.0.count).max() ?? 0
    let widths = columns.map { max(7, $0.count + 2) }
    let header = "".left(width) + zip(columns, widths).map { $0.right($1) }.joined()
    let lines = known.map { name, scores in
      name.left(width) + zip(scores, widths).map { fixed(100 * $0, 1).right($1) }.joined()
    }
    return ([header] + lines).joined(separator: "\n")
  }

}

extension String {
  /// The text at the right of as many places.
  func right(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }

  /// The text at the left of as many places.
  func left(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

extension EvaluationReport {
  /// The columns of `rows`.
  var columns: [String] { places == nil ? Table.items : Table.places }

  /// The rows of the table: of items, of groups if there are any, and by a mapping that used labels.
  var rows: [(name: String, scores: [Double]?)] {
    // Clusters that are classes are not matched with classes.
    if let mapped, mapped.learned == true {
      return [
        ("learned by labels of \(mapped.parts.joined(separator: ", "))", [mapped.acc, mapped.nmi, mapped.ari])
      ]
    }
    return [
      ("IIC by loss", byLoss.scores), ("IIC by labels", byLabels?.scores),
      ("groups by loss", groups?.byLoss.scores), ("groups by labels", groups?.byLabels?.scores),
      (
        "mapped by labels of \(mapped?.parts.joined(separator: ", ") ?? "")",
        mapped.map { [$0.acc, $0.nmi, $0.ari] }
      ),
    ]
  }
}

extension EvaluationReport.Subhead {
  /// ACC, NMI and ARI, or of places the accuracies and the mean IoU; nil without labels.
  var scores: [Double]? {
    if let acc, let accManyToOne, let meanIoU { return [acc, accManyToOne, meanIoU] }
    guard let acc, let nmi, let ari else { return nil }
    return [acc, nmi, ari]
  }
}
