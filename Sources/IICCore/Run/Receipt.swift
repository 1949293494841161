import Torch

/// What a run is made of, for whoever wants to repeat it: `receipt.json`.
struct Receipt: Codable {
  let name, modality, dataSHA256, libtorch, precision, device: String
  let items, seed, threads: Int
  let pairsSHA256: String?

  init(_ experiment: Experiment) {
    let configuration = experiment.configuration
    name = configuration.name
    modality = configuration.modalityName
    dataSHA256 = experiment.dataset.description.contentHash
    libtorch = Runtime.version
    precision = experiment.precision.rawValue
    device = configuration.training.device.description
    items = experiment.dataset.count
    seed = configuration.training.seed
    threads = Runtime.threads
    pairsSHA256 = experiment.pairsHash
  }
}
