import Files
public import Foundation
public import IICCore

/// A run's course for TensorBoard: a folder for each start with the figures of its epochs, made from the run's own records,
/// so that runs of any time, and runs that are still training, can be shown.
public final class TensorBoardLog {
  /// What is read of a line of the run's metrics and of its times.
  private struct Line: Decodable {
    struct Usage: Decodable {
      let clustersInUse, clustersWithItems: Int
      let entropy, spread: Double
      let agreement: Double?
    }

    let restart, epoch: Int
    let losses: [String: [Double]]
    let learningRate: Double
    let usage: Usage?
    let evaluation: EvaluationFigures?
  }

  private struct EvaluationFigures: Decodable {
    struct Column: Decodable {
      let acc, nmi, ari, meanIou: Double?
    }

    let byLoss: Column
    let byLabels: Column?
    let clusterCounts: [Int]
  }

  private struct Times: Decodable {
    let seconds, pairsPerSecond: Double
  }

  private struct Final: Decodable {
    let last: EvaluationFigures
  }

  private let folder: RunFolder
  private let target: URL
  private let start: Double
  private var files: [Int: EventFile] = [:]
  private var done = 0
  private var seconds = 0.0
  private var hasFinal = false
  private let decoder = JSONDecoder()

  /// Shows a run folder in a folder of logs.
  public init(_ folder: RunFolder, in target: URL) {
    self.folder = folder
    self.target = target
    // Times are those of training; it began when the manifest was written.
    let attributes = try? FileManager.default.attributesOfItem(atPath: folder.manifest.path(percentEncoded: false))
    start = (attributes?[.modificationDate] as? Date ?? Date()).timeIntervalSince1970
    decoder.keyDecodingStrategy = .convertFromSnakeCase
  }

  /// Writes what the run has recorded since the last call; returns how many epochs were new, and whether the run is done.
  public func update() throws -> (epochs: Int, isDone: Bool) {
    let metrics = lines(folder.metrics), timing = lines(folder.timing)
    let whole = min(metrics.count, timing.count)
    let new = max(0, whole - done)
    for place in done..<max(done, whole) {
      let line = try decoder.decode(Line.self, from: metrics[place])
      let times = try decoder.decode(Times.self, from: timing[place])
      seconds += times.seconds
      try file(line.restart).add(step: line.epoch + 1, time: start + seconds, Self.values(line, times))
    }
    done = max(done, whole)
    if !hasFinal, let data = try? Data(contentsOf: folder.evaluation), done > 0 {
      let last = try decoder.decode(Line.self, from: metrics[done - 1])
      let figures = try decoder.decode(Final.self, from: data).last
      try file(last.restart).add(
        step: last.epoch + 1, time: start + seconds,
        Self.values(figures).map { $0.prefixed("final/") }
          + [.histogram("final/items in clusters", figures.clusterCounts)])
      hasFinal = true
    }
    return (new, hasFinal)
  }

  /// The whole lines of a file; the last may be in writing.
  private func lines(_ url: URL) -> [Data] {
    guard let data = try? Data(contentsOf: url), let end = data.lastIndex(of: 10) else { return [] }
    return data[...end].split(separator: 10).map { Data($0) }
  }

  private func file(_ restart: Int) throws -> EventFile {
    if let file = files[restart] { return file }
    let file = try EventFile(in: target.appending(path: "start-\(restart + 1)"), time: start)
    if let manifest = try? String(contentsOf: folder.manifest, encoding: .utf8) {
      let indented = manifest.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
      try file.add(step: 0, time: start, [.text("manifest", indented.joined(separator: "\n"))])
    }
    files[restart] = file
    return file
  }

  private static func values(_ line: Line, _ times: Times) -> [EventValue] {
    var values: [EventValue] = []
    for (head, losses) in line.losses.sorted(by: { $0.key < $1.key }) {
      values.append(.scalar("loss/\(head)", losses.min() ?? 0))
      values += losses.enumerated().map { .scalar("loss \(head)/sub-head \($0)", $1) }
    }
    values.append(.scalar("learning rate", line.learningRate))
    values.append(.scalar("pairs per second", times.pairsPerSecond))
    if let usage = line.usage {
      values += [
        .scalar("clusters/in use", Double(usage.clustersInUse)),
        .scalar("clusters/with items", Double(usage.clustersWithItems)),
        .scalar("clusters/entropy", usage.entropy), .scalar("clusters/spread", usage.spread),
      ]
      if let agreement = usage.agreement { values.append(.scalar("clusters/agreement", agreement)) }
    }
    if let figures = line.evaluation {
      values += Self.values(figures) + [.histogram("items in clusters", figures.clusterCounts)]
    }
    return values
  }

  private static func values(_ figures: EvaluationFigures) -> [EventValue] {
    let columns = [("by loss", figures.byLoss)] + (figures.byLabels.map { [("by labels", $0)] } ?? [])
    return columns.flatMap { name, column in
      [("ACC", column.acc), ("NMI", column.nmi), ("ARI", column.ari), ("mean IoU", column.meanIou)].compactMap {
        figure, value in value.map { .scalar("\(figure)/\(name)", $0) }
      }
    }
  }
}

extension EventValue {
  fileprivate func prefixed(_ prefix: String) -> EventValue {
    switch self {
    case .scalar(let tag, let value): .scalar(prefix + tag, value)
    case .text(let tag, let value): .text(prefix + tag, value)
    case .histogram(let tag, let value): .histogram(prefix + tag, value)
    }
  }
}
