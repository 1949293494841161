import Files
import Torch

extension Trainer {
  /// Asks an objective that has targets for those of an epoch.
  func takeTargets(of initialisation: Initialisation, _ random: RandomStream) throws {
    guard let objective = objective as? any TargetObjective, let state = initialisation.targets else { return }
    let start = EpochStart(
      epoch: initialisation.epoch, items: plan.mainItems, network: initialisation.network,
      random: random.child("targets"), previous: initialisation.epoch > 0 ? try state.targets() : nil,
      reader: source.reader(of: initialisation.network))
    guard let found = try objective.targets(at: start) else { return }
    try state.take(found, clusters: initialisation.network.clusterCount(of: HeadsConfiguration.main) ?? 0)
  }

  /// Records the objective's value over the items that it sets apart, as the network is used: the mean over them.
  func validate(_ initialisation: Initialisation) throws {
    guard let items = (objective as? any TargetObjective)?.validation else { return }
    let (lookup, random) = (TargetLookup(items), RandomStream(seed: configuration.seed).child("validation"))
    var sum = 0.0
    try withoutGradients { () throws in
      for start in stride(from: 0, to: items.items.count, by: 256) {
        let piece = items.items[start..<min(start + 256, items.items.count)]
        let pairs = try source.pairs(of: piece, repeats: 1, random: random.child("piece", start))
        var outputs = try initialisation.network.outputs(pairs, .evaluation, of: [HeadsConfiguration.main])
        outputs.targets = try lookup.batch(piece, on: configuration.device)
        sum += try objective(outputs, .evaluation).total.item() * Double(piece.count)
      }
    }
    let mean = sum / Double(items.items.count)
    guard mean.isFinite else {
      throw UserError.notFinite(
        "the loss on items set apart", epoch: initialisation.epoch, step: initialisation.step)
    }
    initialisation.record.add(validation: mean)
  }
}
