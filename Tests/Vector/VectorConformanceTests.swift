import Files
import Foundation
import IICCore
import IICTesting
import Testing
import VectorModality

@Suite struct VectorConformanceTests {
  static let all = [noisy, neighbours, named]

  @Test(arguments: all, ConformanceCheck.allCases)
  func holds(_ modality: ModalityConformance, _ check: ConformanceCheck) throws { try modality.holds(check) }
}

extension VectorConformanceTests {
  /// Vectors that are paired with themselves, with noise on both sides.
  static let noisy = ModalityConformance(
    VectorModality.self,
    manifest: """
      name: noisy
      modality: vector
      data: {source: data, array: x.npy, labels: y.npy}
      views: {base: {noise: 0.05}, transformed: {noise: 0.2}}
      encoder: {hidden: 32}
      heads: {main: {clusters: 3, subheads: 2}, auxiliary: {clusters: 5, subheads: 2}}
      training: {epochs: 1, batch: 8, repeats: 2}
      """,
    items: 15, classes: 3, layouts: layouts,
    empty: .init(mention: "data, entry \"x.npy\": found an array of shape [0, 6]") { try write(0, in: $0) },
    corrupt: .init(mention: "data, entry \"x.npy\": NPY: found 359 bytes of elements; expected 360") { folder in
      try write(in: folder)
      let file = folder.appending(path: "data/x.npy")
      try Data(contentsOf: file).dropLast().write(to: file)
    },
    write: { try write(in: $0) })

  /// Vectors that are paired with their nearest.
  static let neighbours = ModalityConformance(
    VectorModality.self,
    manifest: """
      name: neighbours
      modality: vector
      data: {source: data, array: x.npy, labels: y.npy, pairs: neighbours, neighbours: {k: 4, metric: cosine}}
      encoder: {hidden: 32}
      heads: {main: {clusters: 3, subheads: 2}, auxiliary: {clusters: 5, subheads: 2}}
      training: {epochs: 1, batch: 8, repeats: 2}
      """,
    items: 15, classes: 3, layouts: layouts,
    empty: .init(mention: "data.neighbours.k: found 4; the data has 4 vectors") { try write(4, in: $0) },
    corrupt: .init(mention: "data, entry \"x.npy\": NPY: found no") { folder in
      try write(in: folder)
      try Data("an array, but not NumPy's".utf8).write(to: folder.appending(path: "data/x.npy"))
    },
    write: { try write(in: $0) })

  /// Vectors as they are, paired as a table says; the last one is in no pair.
  static let named = ModalityConformance(
    VectorModality.self,
    manifest: """
      name: named
      modality: vector
      data: {source: data/x.npy}
      views: {transformed: {noise: 0, dropout: 0}}
      pairs: {source: pairs.csv, names: row}
      encoder: {hidden: 32}
      heads: {main: {clusters: 3, subheads: 2}, auxiliary: {clusters: 5, subheads: 2}}
      training: {epochs: 1, batch: 8, repeats: 2}
      """,
    items: 15, hasRandomViews: false, layouts: layouts,
    empty: .init(mention: "pairs.csv: found no pairs below the header") { try write(pairs: [], in: $0) },
    corrupt: .init(mention: "pairs.csv: line 3, column \"right\": no item is called \"15\"") { folder in
      try write(pairs: ["0,3", "1,15"], in: folder)
    },
    write: { folder in try write(pairs: (0..<11).map { "\($0),\($0 + 3)" }, in: folder) })

  /// Arrays and tables, alone and with their nearest; what `array` names is an array and a table of other values.
  private static let layouts = [
    DataLayout(
      ["data={source: $FOLDER/data, array: x.npy, labels: y.npy, pairs: itself}"],
      changes: ["data.array": ["data.array=other.npy"]],
      inert: ["data.onUndecodable", "data.neighbours.k", "data.neighbours.metric"]),
    DataLayout(
      ["data={source: $FOLDER/data, array: x.npy, pairs: neighbours, neighbours: {k: 3}}"],
      changes: ["data.array": ["data.array=other.npy"], "data.labels": ["data.labels=y.npy"]],
      inert: ["data.onUndecodable"]),
    table("csv"), table("tsv"),
  ]

  private static func table(_ format: String) -> DataLayout {
    DataLayout(
      [
        "data={source: $FOLDER/tables, format: \(format), array: x.\(format), labels: class, ids: name, pairs: itself}"
      ],
      changes: ["data.array": ["data.array=other.\(format)"], "data.columns": ["data.columns=[a]"]],
      // Whole numbers, all of which are read, between the format's own separators.
      inert: [
        "data.decimal", "data.onUndecodable", "data.separator", "data.neighbours.k", "data.neighbours.metric",
      ])
  }

  private static func writeTables(in folder: URL) throws {
    let tables = folder.appending(path: "tables")
    try FileManager.default.createDirectory(at: tables, withIntermediateDirectories: true)
    for (format, separator) in [("csv", ","), ("tsv", "\t")] {
      for (name, factor) in [("x", 3), ("other", 5)] {
        let rows = (0..<12).map { ["\($0 * factor % 7)", "\($0 * $0)", "class \($0 % 3)", "row \($0)"] }
        let lines = ([["a", "b", "class", "name"]] + rows).map { $0.joined(separator: separator) }
        try Data(lines.joined(separator: "\n").utf8).write(to: tables.appending(path: "\(name).\(format)"))
      }
    }
  }

  private static func write(pairs: [String], in folder: URL) throws {
    try write(in: folder)
    let lines = ["left,right"] + pairs
    try Data(lines.joined(separator: "\n").utf8).write(to: folder.appending(path: "pairs.csv"))
  }

  /// Writes vectors around three directions, and their classes.
  private static func write(_ count: Int = 15, in folder: URL) throws {
    try writeTables(in: folder)
    let data = folder.appending(path: "data")
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    for (name, width) in [("x.npy", 6), ("other.npy", 4)] {
      var writer = try NPYWriter(at: data.appending(path: name), shape: [count, width], element: .float32)
      for item in 0..<count {
        let row = (0..<width).map { feature in
          Float((item * 6 + feature) * 37 % 11) * 0.05 + (feature % 3 == item % 3 ? 3 : 0)
        }
        try writer.append(row.withUnsafeBytes { Data($0) })
      }
      try writer.finish()
    }
    try NPYWriter.write((0..<count).map { $0 % 3 }, to: data.appending(path: "y.npy"))
  }
}
