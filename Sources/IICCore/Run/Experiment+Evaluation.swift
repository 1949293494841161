import Files
import Torch

extension Experiment {
  /// What the main head of a network says of the data.
  ///
  /// - Parameter subhead: the sub-head that was chosen before, so that its clusters keep their numbers; nil chooses the one
  ///   of lowest loss over these items.
  /// - Parameter edited: the clusters as edits leave them, of that sub-head.
  public func assignments(
    of network: ClusteringNetwork, subhead: Int? = nil, edited: EditedClusters? = nil
  ) throws -> Assignments {
    let auxiliary = edited?.isSplit == true ? configuration.heads.auxiliary : nil
    return try assignments(
      of: network, subhead: subhead, edited: edited,
      auxiliary: auxiliary.map { ($0.name, $0.subhead(beside: subhead ?? 0)) })
  }

  /// The same, with the clusters of a sub-head of the auxiliary head.
  func assignments(
    of network: ClusteringNetwork, subhead: Int?, edited: EditedClusters?, auxiliary: (head: String, subhead: Int)?
  ) throws -> Assignments {
    var assignments = try assignments(of: network, to: evaluatedItems, auxiliary: auxiliary)
    assignments.chosenBefore = subhead
    assignments.edited = edited?.isEdited == true ? edited : nil
    if let objective = configuration.objective as? ClassificationObjective {
      let known = objective.known.sorted { $0.key < $1.key }
      assignments.mapping = try ClusterMapping(
        learned: self.assignments(of: network, to: known.map(\.key)), labels: known.map(\.value),
        source: objective.source)
    } else if let mapping, let parts = configuration.evaluation.mapping?.parts {
      assignments.mapping = try ClusterMapping(
        self.assignments(of: network, to: mapping.items), labels: mapping.labels, parts: parts)
    }
    return assignments
  }

  /// What a head, the main one if none is named, says of some items.
  func assignments(
    of network: ClusteringNetwork, to items: [Int], head: HeadConfiguration? = nil,
    auxiliary: (head: String, subhead: Int)? = nil
  ) throws -> Assignments {
    try Evaluator(
      network, modality: configuration.modality, dataset: dataset, items: items,
      head: head ?? configuration.heads.main, auxiliary: auxiliary, pass: configuration.evaluation.statistics.pass,
      device: configuration.training.device, seed: configuration.training.seed,
      itemsPerStep: configuration.training.itemsPerStep
    ).assignments()
  }

  /// What the main head of a dense network says of the places of the data; `subhead` as for items.
  public func placeAssignments(
    of network: ClusteringNetwork, subhead: Int? = nil, edited: EditedClusters? = nil
  ) throws -> PlaceAssignments {
    let training = configuration.training
    var assignments = try PlaceEvaluator(
      network: network, modality: configuration.modality, dataset: dataset, items: evaluatedItems,
      head: configuration.heads.main, objective: configuration.objective,
      pass: configuration.evaluation.statistics.pass, device: training.device, seed: training.seed,
      itemsPerPiece: max(1, training.itemsPerStep / training.pieces)
    ).assignments()
    assignments.chosenBefore = subhead
    if let edited, edited.isEdited { try assignments.take(edited) }
    return assignments
  }

  /// What a network says of the data, of items or of their places.
  func result(
    of network: ClusteringNetwork, subhead: Int? = nil, edited: EditedClusters? = nil
  ) throws -> ClusteringResult {
    network.isDense
      ? .places(try placeAssignments(of: network, subhead: subhead, edited: edited))
      : .items(try assignments(of: network, subhead: subhead, edited: edited))
  }

  /// The figures of the main head of a network; `subhead` is one that was chosen before, nil chooses by loss; `edited` are
  /// its clusters as edits leave them.
  public func report(
    of network: ClusteringNetwork, subhead: Int? = nil, edited: EditedClusters? = nil
  ) throws -> EvaluationReport {
    try report(on: result(of: network, subhead: subhead, edited: edited))
  }

  /// `items` in the pieces in which they go through a network to be evaluated.
  func evaluationPieces(of items: [Int]) -> [ArraySlice<Int>] {
    let training = configuration.training
    let isByBatch = configuration.evaluation.statistics == .batch
    // Maps of many places fill the memory with few items.
    let about =
      isByBatch
      ? training.itemsPerStep : configuration.isDense ? max(1, training.itemsPerStep / training.pieces) : nil
    return dataset.description.pieces(of: items, about: about)
  }

  /// The figures of what a head says of the data.
  func report(on result: ClusteringResult) throws -> EvaluationReport {
    switch result {
    case .items(let assignments):
      try EvaluationReport(assignments, labels: scoredLabels, memberships: dataset.description.groups)
    case .places(let assignments): try EvaluationReport(assignments)
    }
  }
}

/// What the main head of a network says of the data.
enum ClusteringResult {
  case items(Assignments)
  case places(PlaceAssignments)
}
