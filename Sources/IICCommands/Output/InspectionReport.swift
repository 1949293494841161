import Foundation
import IICCore
import Torch

/// What `inspect` found, for programs and for people.
struct InspectionReport: Encodable {
  let name, modality: String
  let data: DataSummary
  let viewShape: [Int]
  let pairs: PairInspection?
  let trial: TrialSteps
  let warnings: [String]

  private enum CodingKeys: String, CodingKey {
    case name, modality, data, pairs, trial, warnings
    case viewShape = "view_shape"
  }

  init(_ experiment: Experiment, _ inspector: Inspector) throws {
    let configuration = experiment.configuration
    (name, modality) = (configuration.name, configuration.modalityName)
    data = try inspector.data()
    viewShape = Array(try inspector.examples(1).base.values.shape.dropFirst())
    pairs = try inspector.pairs()
    trial = try inspector.trial()
    var warnings = experiment.warnings
    if let pairs, ![.good, .weak].contains(pairs.verdict) { warnings.append(pairs.message) }
    if let spread = pairs?.spread, spread.isFlat { warnings.append(spread.message) }
    if pairs == nil { warnings.append("\(data.trained) items are too few to judge the pairs by; 8 are needed") }
    let clusters = configuration.heads.main.clusters
    if let classes = data.classes, !classes.isEmpty, classes.count != clusters {
      warnings.append("heads.main.clusters is \(clusters); the labels have \(classes.count) classes")
    }
    self.warnings = warnings
  }

  /// A line for each fact, then the warnings.
  var text: String {
    var lines = ["\(name): \(modality), \(count(data.items, "item")), \(data.trained) trained on"]
    if !data.parts.isEmpty { lines.append("parts: " + list(data.parts)) }
    if let withPartners = data.withPartners { lines.append("partners: \(withPartners) items have some") }
    if let classes = data.classes {
      let unlabelled = data.unlabelled.flatMap { $0 > 0 ? "; \($0) unlabelled" : nil } ?? ""
      lines.append(
        "labels: \(count(classes.count, "class", "classes")), items of each: " + list(classes) + unlabelled)
    } else if let names = data.placeClasses {
      lines.append(
        "labels: of places, "
          + (names.isEmpty ? "by number" : "in \(names.count) classes: \(names.joined(separator: ", "))"))
    } else {
      lines.append("labels: none")
    }
    let sample = data.sampleShape.map(String.init).joined(separator: " x ")
    let view = viewShape.map(String.init).joined(separator: " x ")
    lines.append("sample: \(sample) \(data.element.rawValue), \(bytes(data.cacheBytes)) decoded; view: \(view)")
    lines.append(
      "training: \(trial.parameters) parameters, \(count(trial.epochs, "epoch")), "
        + "\(count(trial.steps, "step")) in all, \(fixed(trial.secondsPerStep, 3)) s a step, about "
        + "\(duration(trial.trainingSeconds)); \(bytes(trial.memoryBytes)) of memory")
    if let pairs {
      if let views = pairs.views { lines.append("views: " + likeness(views)) }
      lines.append("features of the untrained network: " + likeness(pairs.features))
      if let spread = pairs.spread {
        lines.append(
          "features at the heads: deviation \(short(spread.deviation)) between items, level \(short(spread.level))")
      }
      lines.append("pairs: \(pairs.message)")
    }
    lines += warnings.map { "warning: \($0)" }
    return lines.joined(separator: "\n")
  }

  private func likeness(_ likeness: PairLikeness) -> String {
    "cosine \(fixed(likeness.pairedCosine, 2)) in pairs, \(fixed(likeness.randomCosine, 2)) at random, "
      + "AUC \(fixed(likeness.auc, 3)) (\(fixed(likeness.aucLow, 3)) to \(fixed(likeness.aucHigh, 3))) over "
      + count(likeness.pairs, "pair")
  }

  private func short(_ value: Double) -> String { String(format: "%.3g", value) }

  private func list(_ counts: [DataSummary.Count]) -> String {
    let shown = counts.prefix(20).map { "\($0.name) \($0.items)" }.joined(separator: ", ")
    return counts.count > 20 ? "\(shown), and \(counts.count - 20) more" : shown
  }

  private func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }

  private func bytes(_ count: Int) -> String {
    count < 1 << 20
      ? "\(fixed(Double(count) / 1024, 1)) KiB"
      : count < 1 << 30
        ? "\(fixed(Double(count) / Double(1 << 20), 1)) MiB" : "\(fixed(Double(count) / Double(1 << 30), 1)) GiB"
  }

  private func duration(_ seconds: Double) -> String {
    seconds < 120
      ? "\(fixed(seconds, 0)) s"
      : seconds < 7200 ? "\(fixed(seconds / 60, 0)) minutes" : "\(fixed(seconds / 3600, 1)) hours"
  }
}
