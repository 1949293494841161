import Torch

/// Trains a network on pairs of views.
///
/// Several initialisations may be trained for a few epochs first (`restarts`); the one whose main head has the
/// lowest training loss goes on. No label is looked at.
public struct Trainer {
  private let configuration: TrainingConfiguration
  private let plan: EpochPlan
  private let source: PairSource
  private let objective: any Objective
  private let makeNetwork: (RandomStream) throws -> ClusteringNetwork

  /// Puts together what training needs.
  public init(
    _ configuration: TrainingConfiguration, plan: EpochPlan, source: PairSource, objective: any Objective,
    makeNetwork: @escaping (RandomStream) throws -> ClusteringNetwork
  ) {
    self.configuration = configuration
    self.plan = plan
    self.source = source
    self.objective = objective
    self.makeNetwork = makeNetwork
  }

  /// The state before the first step.
  public func initialState() throws -> TrainingState {
    TrainingState(current: try Candidate(0, configuration, makeNetwork), isTrying: true)
  }

  /// The state that a checkpoint describes, with the network and the optimiser as they are initially.
  func state(at checkpoint: CheckpointState) throws -> TrainingState {
    let current = try Candidate(checkpoint.current, configuration, makeNetwork)
    let best = try checkpoint.best.map { try Candidate($0, configuration, makeNetwork) }
    return TrainingState(current: current, best: best, isTrying: checkpoint.isTrying)
  }

  /// Trains from `state` to the end; `observe` is called after every step and every epoch.
  ///
  /// What lasts long between two events asks `shouldStop` now and then; if it says so, `TrainingRun.Stopped` is thrown,
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
        state.current = try Candidate(state.current.restart + 1, configuration, makeNetwork)
        continue
      }
      (state.current, state.best, state.isTrying) = (chosen, nil, false)
      if restarts.count > 1 { try observe(.chosen(restart: chosen.restart, loss: chosen.loss, state)) }
    }
    while state.current.epoch < configuration.epochs { try trainEpoch(state, observe, shouldStop) }
    return state.current.network
  }

  private func trainEpoch(
    _ state: TrainingState, _ observe: (TrainingEvent) throws -> Void, _ shouldStop: () -> Bool
  ) throws {
    let candidate = state.current
    let random = candidate.random.child("epoch", candidate.epoch)
    if candidate.step == 0 {
      candidate.record = EpochRecord(restart: candidate.restart, epoch: candidate.epoch)
      try beginHeads(of: candidate, random, shouldStop)
    }
    let steps = plan.steps(heads: candidate.begun, random: random)
    let lastMainStep = steps.lastIndex { $0.heads.contains(HeadsConfiguration.main) }
    var reader = StepReader(steps, source, repeats: configuration.repeats, random: random)
    while candidate.step < steps.count {
      let start = ContinuousClock.now
      let step = steps[candidate.step]
      let done = Double(candidate.epoch) + Double(candidate.step) / Double(steps.count)
      let rate = configuration.schedule.rate(at: done / Double(configuration.epochs))
      let pairs = try reader.pairs(ofStep: candidate.step)
      let waiting = ContinuousClock.now - start
      let outputs = try candidate.network.outputs(pairs, .training, of: step.heads)
      let value = try objective(base: outputs.base, transformed: outputs.transformed)
      candidate.optimizer.setLearningRate(rate)
      try candidate.optimizer.zeroGradients()
      try value.total.backward()
      let gradients = try candidate.optimizer.gradientSizes()
      // What is not finite must not spoil the weights; the figures say so later, where nobody waits for them.
      let watched = try Tensor.concatenated([gradients, value.total.detached().to(.float32).reshaped([1])])
      try candidate.optimizer.step(watching: watched)
      let figures = try StepFigures(
        value, gradients: gradients, main: outputs.base[HeadsConfiguration.main],
        isLast: candidate.step == lastMainStep, pairs: configuration.batch, rate: rate)
      try candidate.add(figures, lag: configuration.device == .cpu ? 0 : 1)
      candidate.record.add(duration: ContinuousClock.now - start, waiting: waiting)
      candidate.step += 1
      try observe(.step(candidate.step, of: steps.count, state))
    }
    try candidate.settle()
    candidate.loss = candidate.record.lowestLoss(of: HeadsConfiguration.main)
    let record = candidate.record
    candidate.epoch += 1
    candidate.step = 0
    try observe(.epoch(record, state))
  }

  /// Lets the heads whose time has come begin. One that has begun goes on, though a run that grew would begin it later.
  private func beginHeads(
    of candidate: Candidate, _ random: RandomStream, _ shouldStop: () -> Bool
  ) throws {
    let beginning = plan.heads(of: candidate.epoch).subtracting(candidate.begun)
    if beginning.contains(HeadsConfiguration.main) {
      try plan.mergedStart?.begin(candidate.network, source: source, random: random) {
        if shouldStop() { throw TrainingRun.Stopped() }
      }
    }
    candidate.begun.formUnion(beginning)
  }
}
