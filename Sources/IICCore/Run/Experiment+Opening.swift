import Archive
import Files
import Manifest
import Torch

extension Objective {
  /// The objective once it has looked at the data.
  ///
  /// A finished run may be shown data that do not have what it learned from. Then `problem` says so.
  func opened(
    _ dataset: Dataset, isFinished: Bool
  ) throws -> (objective: any Objective, problem: [String]) {
    guard var targets = self as? any TargetObjective else { return (self, []) }
    do {
      try targets.open(dataset)
      return (targets, [])
    } catch let error where isFinished {
      let reason = (error as? UserError)?.problem ?? "\(error)"
      return (
        self, ["objective: the labels that the run learned are not read, so figures are of all items: \(reason)"]
      )
    }
  }
}

extension TargetObjective {
  /// What is said of known targets among the items that are clustered, and of those that are not trained on.
  func notes(evaluated: [Int], trained: [Int]) -> [String] {
    guard !known.isEmpty else { return [] }
    var notes: [String] = []
    let (both, unused) = (evaluated.count { known[$0] != nil }, Set(known.keys).subtracting(trained).count)
    if both == evaluated.count {
      notes.append(
        "objective: all \(both) items that are clustered have labels that are learned, which leaves none for figures; "
          + "evaluation.parts may name others")
    } else if both > 0 {
      notes.append(
        "objective: \(both) of the \(evaluated.count) items that are clustered have labels that are learned; figures are "
          + "of the others")
    }
    if unused > 0 {
      notes.append(
        "objective: labelled items that are not learned, since they are in no part of heads.main.parts: \(unused)")
    }
    return notes
  }
}

extension Dataset {
  /// The class of each item, -1 where it is unknown or in `known`; nil if all are unknown.
  func labels(without known: [Int: Int]) -> [Int]? {
    guard !known.isEmpty, var labels else { return labels }
    for item in known.keys { labels[item] = -1 }
    return labels
  }
}

extension TrainingConfiguration {
  /// Readies the threads and the device of a manifest; returns the precision that the network runs in.
  func prepare(_ document: ManifestDocument) throws -> Precision {
    try Runtime.prepare(threads: threads)
    do throws(TorchError) {
      try device.prepare()
    } catch {
      throw document.error(at: "training.device", error.message)
    }
    return try precision ?? .fastest(on: device)
  }
}

extension ManifestDocument {
  /// Runs `body`, which looks at data as the manifest says. What is wrong then is an error at the key that it names,
  /// or at `key`.
  func locating<Value>(_ key: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as UserError {
      throw self.error(at: error.key ?? key, error.problem)
    } catch let error as ArchiveError {
      throw self.error(at: key, error.description)
    }
  }
}

extension ManifestDocument? {
  /// The same; without a manifest, what is wrong stays as it is.
  func locating<Value>(_ key: String, _ body: () throws -> Value) throws -> Value {
    guard let self else { return try body() }
    return try self.locating(key, body)
  }
}
