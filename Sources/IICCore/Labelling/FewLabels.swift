public import Files
import Foundation
import Torch

/// A finished run beside labels of some items: what these make of its clusters and features, scored on other items.
///
/// The scored items' labels are compared with, after all else is settled.
public struct FewLabels {
  /// The labels.
  public let labelled: LabelledItems
  /// The items that are scored: those that the run clusters that have a class in the data, and are neither among
  /// `labelled` nor those that the run learned classes of.
  public let scored: [Int]
  /// The items that the run clusters without those of `labelled`, `scored` among them.
  public let others: [Int]
  /// What the user should know, a line each.
  public let notes: [String]
  let run: FinishedRun
  let classes: [Int]

  /// Takes the labels of a run's items. Throws if the run clusters places, or if no other item is left.
  public init(_ run: FinishedRun, _ labelled: LabelledItems) throws(UserError) {
    guard !run.network.isDense else {
      throw UserError("\(run.folder.path): clusters the places of items; labels here are of whole items")
    }
    let experiment = run.experiment
    let given = Set(labelled.items)
    let evaluated = experiment.evaluatedItems
    others = evaluated.filter { !given.contains($0) }
    guard !others.isEmpty else {
      throw UserError(
        "\(labelled.source): gives each of the \(evaluated.count) clustered items a label, which leaves none to score; "
          + "expected fewer, or evaluation.parts of other items")
    }
    let labels = experiment.scoredLabels
    scored = others.filter { (labels?[$0] ?? -1) >= 0 }
    classes = scored.map { labels?[$0] ?? -1 }
    var notes = labelled.notes
    if others.count < evaluated.count {
      notes.append(
        "\(labelled.source): \(evaluated.count - others.count) of the \(evaluated.count) clustered items are among the "
          + "labelled ones; figures are of the others")
    }
    if scored.isEmpty {
      notes.append("the data know no class of another item, so that nothing can be scored")
    } else if scored.count < others.count {
      notes.append("clustered items whose class is unknown, which are not scored: \(others.count - scored.count)")
    }
    self.notes = notes
    self.labelled = labelled
    self.run = run
  }

  /// The share of the scored items whose class is `found`.
  func accuracy(_ found: [Int]) -> Double {
    Double(zip(found, classes).count { $0 == $1 }) / Double(max(1, classes.count))
  }

  /// How a method's accuracy grows with labels; nil if nothing can be scored.
  public func curve(
    draws: Int, seed: Int, accuracy: ([Int]) throws -> Double
  ) rethrows -> LabelCurve? {
    guard !scored.isEmpty else { return nil }
    return try LabelCurve(
      of: labelled.classes, draws: draws, random: RandomStream(seed: seed).child("label draws"), accuracy: accuracy)
  }
}

extension FewLabels {
  /// The file of a run's curves by the names of their methods: `few-labels.json`.
  public static func write(_ curves: [String: LabelCurve], in folder: RunFolder) throws {
    var all = curves
    for (name, curve) in try read(in: folder) where all[name] == nil { all[name] = curve }
    try folder.write(json: all, to: folder.fewLabels)
  }

  /// The curves that were written; none if there is no such file.
  public static func read(in folder: RunFolder) throws -> [String: LabelCurve] {
    let path = folder.fewLabels.path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: path) else { return [:] }
    do {
      return try JSONDecoder().decode([String: LabelCurve].self, from: Data(contentsOf: folder.fewLabels))
    } catch {
      throw UserError("\(path): cannot be read: \(error); remove the file")
    }
  }
}
