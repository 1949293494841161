import Files
import Torch

/// Trains a network on pairs of views.
///
/// Several initialisations may be trained for a few epochs first (`restarts`); the one whose main head has the
/// lowest training loss goes on. No label is looked at.
public struct Trainer {
  let configuration: TrainingConfiguration
  let plan: EpochPlan
  let source: PairSource
  let objective: any Objective
  private let makeNetwork: (RandomStream) throws -> ClusteringNetwork
  private let evaluation: Evaluation?

  /// An evaluation that is part of training.
  public struct Evaluation {
    /// After every how many epochs the network is evaluated.
    let every: Int
    let report: (ClusteringNetwork) throws -> EvaluationReport

    /// Evaluates by `report` after each so many epochs; its time is not counted as training.
    public init(every: Int, report: @escaping (ClusteringNetwork) throws -> EvaluationReport) {
      self.every = every
      self.report = report
    }
  }

  /// Thrown when whoever watches wants training to stop.
  public struct Stopped: Error {
    /// Makes the error.
    public init() {}
  }

  /// Puts together what training needs.
  public init(
    _ configuration: TrainingConfiguration, plan: EpochPlan, source: PairSource, objective: any Objective,
    evaluation: Evaluation? = nil, makeNetwork: @escaping (RandomStream) throws -> ClusteringNetwork
  ) {
    self.configuration = configuration
    self.plan = plan
    self.source = source
    self.objective = objective
    self.evaluation = evaluation
    self.makeNetwork = makeNetwork
  }

  /// The state before the first step.
  public func initialState() throws -> TrainingState {
    TrainingState(current: try initialisation(0), isTrying: true)
  }

  private func initialisation(_ restart: Int) throws -> Initialisation {
    try Initialisation(restart, configuration, makeNetwork, targetedItems: targetedItems)
  }

  /// The number of items that may have a target; nil if the objective has none.
  private var targetedItems: Int? { objective is any TargetObjective ? source.itemCount : nil }

  /// The state at a checkpoint's position, with the network and the optimiser as they are initially.
  func state(at position: TrainingState.Position) throws -> TrainingState {
    let (current, best) = (try initialisation(position.current), try position.best.map(initialisation))
    return TrainingState(current: current, best: best, isTrying: position.isTrying)
  }

  private func initialisation(_ position: Initialisation.Position) throws -> Initialisation {
    try Initialisation(position, configuration, makeNetwork, targetedItems: targetedItems)
  }

  /// Trains from `state` to the end; `observe` is called after every step and every epoch.
  ///
  /// What lasts long between two events asks `shouldStop` now and then; if it says so, `Stopped` is thrown,
  /// with the state as it was after the last event.
  public func train(
    _ state: TrainingState, observe: (TrainingEvent) throws -> Void, shouldStop: () -> Bool = { false }
  ) throws -> ClusteringNetwork {
    let restarts = configuration.restarts
    while state.isTrying {
      while state.current.epoch < restarts.epochs { try trainEpoch(state, observe, shouldStop) }
      let chosen = state.best.flatMap { $0.loss <= state.current.loss ? $0 : nil } ?? state.current
      state.best = chosen
      if state.current.restart + 1 < restarts.count {
        state.current = try initialisation(state.current.restart + 1)
        continue
      }
      (state.current, state.best, state.isTrying) = (chosen, nil, false)
      if restarts.count > 1 { try observe(.chosen(restart: chosen.restart, loss: chosen.loss, state)) }
    }
    while state.current.epoch < configuration.epochs, !state.current.isStuck(patience: configuration.patience) {
      try trainEpoch(state, observe, shouldStop)
    }
    return state.current.network
  }

  private func trainEpoch(
    _ state: TrainingState, _ observe: (TrainingEvent) throws -> Void, _ shouldStop: () -> Bool
  ) throws {
    let initialisation = state.current
    let random = initialisation.random.child("epoch", initialisation.epoch)
    if initialisation.step == 0 {
      initialisation.record = EpochRecord(restart: initialisation.restart, epoch: initialisation.epoch)
      try beginHeads(of: initialisation, random, shouldStop)
      try takeTargets(of: initialisation, random)
    }
    let targets = try initialisation.targets.map { TargetLookup(try $0.targets()) }
    if let targets { try plan.check(targets) }
    let steps = plan.steps(heads: initialisation.begun, random: random, among: targets)
    let lastMainStep = steps.lastIndex { $0.heads.contains(HeadsConfiguration.main) }
    var reader = StepReader(
      steps, source, repeats: configuration.repeats, pieces: configuration.pieces, random: random)
    while initialisation.step < steps.count {
      let start = ContinuousClock.now
      let step = steps[initialisation.step]
      let done = Double(initialisation.epoch) + Double(initialisation.step) / Double(steps.count)
      let rate = configuration.schedule.rate(at: done / Double(configuration.epochs))
      let pieces = reader.pieces(ofStep: initialisation.step)
      let waiting = ContinuousClock.now - start
      initialisation.optimizer.setLearningRate(rate)
      try initialisation.optimizer.zeroGradients()
      let (value, main) = try gradients(initialisation.network, pieces, heads: step.heads, targets)
      let gradients = try initialisation.optimizer.gradientSizes()
      // What is not finite must not spoil the weights; the figures say so later, where nobody waits for them.
      let watched = try Tensor.concatenated([gradients, value.total.detached().to(.float32).reshaped([1])])
      try initialisation.optimizer.step(watching: watched)
      let figures = try StepFigures(
        value, gradients: gradients, main: main,
        isLast: initialisation.step == lastMainStep, pairs: configuration.batch, rate: rate)
      try initialisation.add(figures, lag: configuration.device == .cpu ? 0 : 1)
      initialisation.record.add(duration: ContinuousClock.now - start, waiting: waiting)
      initialisation.step += 1
      try observe(.step(initialisation.step, of: steps.count, state))
    }
    try initialisation.settle()
    try validate(initialisation)
    initialisation.take(loss: initialisation.record.lowestLoss(of: objective.criterion))
    if let evaluation, (initialisation.epoch + 1) % evaluation.every == 0 {
      // Of a network that is spoilt an evaluation would only say that.
      try state.checkFinite()
      initialisation.record.evaluation = try evaluation.report(initialisation.network)
    }
    let record = initialisation.record
    initialisation.epoch += 1
    initialisation.step = 0
    try observe(.epoch(record, state))
  }

  /// Lets the heads whose time has come begin. One that has begun goes on, though a run that grew would begin it later.
  private func beginHeads(
    of initialisation: Initialisation, _ random: RandomStream, _ shouldStop: () -> Bool
  ) throws {
    let beginning = plan.heads(of: initialisation.epoch).subtracting(initialisation.begun)
    if beginning.contains(HeadsConfiguration.main) {
      try plan.mergedStart?.begin(
        initialisation.network, source: source, objective: objective, random: random
      ) {
        if shouldStop() { throw Stopped() }
      }
    }
    initialisation.begun.formUnion(beginning)
  }
}

extension Trainer {
  /// The value of a step and the main head's outputs for its base views, if it was asked for; gradients are added to the
  /// parameters'.
  ///
  /// Of a step in several pieces the sums over items are added up first, without gradients. The loss is a function of them
  /// alone, so with its gradients G by the sums, each piece's part of the gradient is that of the linear loss
  /// sum(G * sums of the piece): exactly the whole step's, for the memory of one piece and one more forward pass. Batch
  /// normalisation uses the statistics of each piece.
  private func gradients(
    _ network: ClusteringNetwork, _ pieces: StepPieces, heads: [String], _ targets: TargetLookup?
  ) throws -> (value: ObjectiveValue, main: Tensor?) {
    func outputs(_ piece: Int, _ pass: Pass) throws(TorchError) -> PairOutputs {
      var outputs = try network.outputs(pieces.pairs(piece), pass, of: heads)
      outputs.targets = try targets?.batch(pieces.items[piece], on: configuration.device)
      return outputs
    }
    guard pieces.count > 1, let objective = objective as? any SummedObjective else {
      let outputs = try outputs(0, .training)
      let value = try objective(outputs, .training)
      try value.total.backward()
      return (value, try outputs.mainPlaces)
    }
    var sums: [String: Tensor] = [:]
    var main: [Tensor] = []
    try withoutGradients { () throws in
      for piece in 0..<pieces.count {
        let outputs = try outputs(piece, .batchStatistics)
        for (name, part) in try objective.sums(outputs) {
          sums[name] = try sums[name].map { try $0 + part } ?? part
        }
        if let places = try outputs.mainPlaces { main.append(places) }
      }
    }
    for sum in sums.values { try sum.requireGradient() }
    let value = try objective.value(of: sums)
    try value.total.backward()
    for piece in 0..<pieces.count {
      let outputs = try outputs(piece, .training)
      var linear: Tensor?
      for (name, part) in try objective.sums(outputs).sorted(by: { $0.key < $1.key }) {
        guard let gradient = try sums[name]?.gradient else { continue }
        let product = try (part * gradient).sum()
        linear = try linear.map { try $0 + product } ?? product
      }
      try linear?.backward()
    }
    return (value, main.isEmpty ? nil : try .concatenated(main))
  }
}

extension PairOutputs {
  /// The main head's probabilities for the base views, `[n, S, K]`; of maps, those of some places.
  fileprivate var mainPlaces: Tensor? {
    get throws(TorchError) {
      try base.heads[HeadsConfiguration.main]?.placesAsItems(limit: 8192)
    }
  }
}
