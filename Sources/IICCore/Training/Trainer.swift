import Torch

/// Trains a network on pairs of views.
///
/// Several initialisations may be trained for a few epochs first (`restarts`); the one whose main head has the
/// lowest training loss goes on. No label is looked at.
public struct Trainer {
  private let configuration: TrainingConfiguration
  private let modality: any Modality
  private let dataset: Dataset
  private let objective: any Objective
  private let makeNetwork: (RandomStream) throws -> ClusteringNetwork

  /// Prepares training. Throws if a step needs more items than there are.
  public init(
    _ configuration: TrainingConfiguration, modality: any Modality, dataset: Dataset, objective: any Objective,
    makeNetwork: @escaping (RandomStream) throws -> ClusteringNetwork
  ) throws(DataError) {
    try configuration.validate(itemCount: dataset.count)
    self.configuration = configuration
    self.modality = modality
    self.dataset = dataset
    self.objective = objective
    self.makeNetwork = makeNetwork
  }

  /// Trains to the end; `observe` is called after every step and every epoch.
  public func train(observe: (TrainingEvent) throws -> Void) throws -> ClusteringNetwork {
    let restarts = configuration.restarts
    var best: Candidate?
    for restart in 0..<restarts.count {
      let candidate = try Candidate(restart, configuration, makeNetwork)
      for epoch in 0..<restarts.epochs { try train(candidate, epoch, observe) }
      if candidate.loss < best?.loss ?? .infinity { best = candidate }
    }
    guard let chosen = best else { throw DataError("training: no initialisation gave a finite loss") }
    if restarts.count > 1 { try observe(.chosen(restart: chosen.restart, loss: chosen.loss)) }
    for epoch in restarts.epochs..<configuration.epochs { try train(chosen, epoch, observe) }
    return chosen.network
  }

  private func train(_ candidate: Candidate, _ epoch: Int, _ observe: (TrainingEvent) throws -> Void) throws {
    let random = candidate.random
    let sampler = EpochSampler(
      itemCount: dataset.count, batchSize: configuration.itemsPerStep, random: random.child("order", epoch))
    var record = EpochRecord(restart: candidate.restart, epoch: epoch)
    for step in 0..<sampler.count {
      let start = ContinuousClock.now
      let progress = (Double(epoch) + Double(step) / Double(sampler.count)) / Double(configuration.epochs)
      let rate = configuration.schedule.rate(at: progress)
      let samples = try dataset.samples(at: sampler[step]).to(configuration.device)
      let pair = try modality.views(
        of: samples, repeats: configuration.repeats, random: random.child("views", epoch, step))
      let outputs = try candidate.network.outputs(pair, .training)
      let value = try objective(base: outputs.base, transformed: outputs.transformed)
      try candidate.optimizer.setLearningRate(rate)
      try candidate.optimizer.zeroGradients()
      try value.total.backward()
      try candidate.optimizer.step()
      try record.add(value, pairs: configuration.batch, rate: rate, duration: ContinuousClock.now - start)
      try observe(.step(step + 1, of: sampler.count, record))
    }
    candidate.loss = record.lowestLoss(of: HeadsConfiguration.main)
    try observe(.epoch(record, candidate.network))
  }
}

/// One initialisation and what training has made of it.
private final class Candidate {
  let restart: Int
  let random: RandomStream
  let network: ClusteringNetwork
  let optimizer: Optimizer
  /// The mean loss of the main head's best sub-head over the last epoch, nats.
  var loss = Double.infinity

  init(
    _ restart: Int, _ configuration: TrainingConfiguration,
    _ makeNetwork: (RandomStream) throws -> ClusteringNetwork
  ) throws {
    self.restart = restart
    random = RandomStream(seed: configuration.seed).child("restart", restart)
    network = try makeNetwork(random.child("weights"))
    let rate = configuration.schedule.learningRate
    optimizer =
      switch configuration.optimizer {
      case .adam:
        try .adam(network.parameters, learningRate: rate, weightDecay: configuration.weightDecay)
      case .sgd:
        try .sgd(network.parameters, learningRate: rate, weightDecay: configuration.weightDecay)
      }
  }
}
