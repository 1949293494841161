import ArgumentParser
import Files
import Foundation
import IICCore
import Manifest
import Torch

struct Throughput: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Times training steps of one of the paper's recipes on random images.",
    discussion: """
      Prints one JSON object: pairs per second (median over steps), peak memory, the network's rate of arithmetic \
      beside the machine's, measured by matrix products in the same process, and the share of a step spent waiting \
      for data. One step comes first and is not timed, on a CUDA device three.
      """)

  @Option(help: "mnist (ClusterNet6c, 24 x 24, grey) or stl10 (ClusterNet5g, 64 x 64, Sobel).")
  var recipe: Recipe

  @Option(help: "Pairs in a step, a multiple of 5.")
  var batch = 700

  @Option(help: "Timed steps.")
  var steps = 6

  @Option(help: "bfloat16 or float32; if absent, the faster one here.")
  var precision: String?

  @Option(help: "Threads; if absent, one per core.")
  var threads: Int?

  @Option(help: "cpu, cuda or cuda:N.")
  var device = "cpu"

  @Flag(help: "Print figures as one JSON object, on one line; without it they are printed so, too.")
  var json = false

  enum Recipe: String, ExpressibleByArgument, CaseIterable { case mnist, stl10 }

  func validate() throws {
    guard batch > 0, batch % recipe.repeats == 0 else {
      throw ValidationError("--batch: found \(batch); expected a multiple of \(recipe.repeats)")
    }
    guard steps > 0 else { throw ValidationError("--steps: found \(steps); expected 1 or more") }
  }

  func run() throws {
    try reportingErrors {
      let folder = FileManager.default.temporaryDirectory.appending(path: "iic-throughput-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: folder) }
      var overrides = [
        "training.batch=\(batch)", "training.precision=\(precision ?? "null")", "training.device=\(device)",
      ]
      if let threads { overrides.append("training.threads=\(threads)") }
      let document = try ManifestDocument(text: recipe.manifest, source: "recipe \(recipe)", overrides: overrides)
      // Enough items for all steps, half of them by each head.
      let items = (steps + untimed + 1) / 2 * (batch / recipe.repeats)
      let experiment = try Experiment(
        document, registry: registry, dataset: recipe.dataset(items: items, cache: SampleCache(folder: folder)))
      try Console.printJSON(measure(experiment))
    }
  }

  /// The steps before those that are timed: the first sets things up, and a CUDA device is asked for a step before it is
  /// done with the last one.
  private var untimed: Int { device == "cpu" ? 1 : 3 }

  private func measure(_ experiment: Experiment) throws -> Figures {
    struct Done: Error {}
    let device = experiment.configuration.training.device
    let counter = OperationCount()
    var seconds: [Double] = []
    var waiting = 0.0
    var loss = 0.0
    var last = ContinuousClock.now
    do {
      _ = try counter.during {
        try experiment.train { event in
          guard case .step(_, _, let state) = event else { return }
          seconds.append((ContinuousClock.now - last) / .seconds(1))
          if seconds.count == untimed { waiting = -state.current.record.waiting }
          loss = state.current.record.losses.values.flatMap(\.self).min() ?? 0
          if seconds.count == steps + untimed {
            waiting += state.current.record.waiting
            throw Done()
          }
          last = .now
        }
      }
    } catch is Done {}
    let peak = try peakMemory()
    let timed = seconds.dropFirst(untimed).sorted()
    let median =
      timed.count % 2 == 1
      ? timed[timed.count / 2] : (timed[timed.count / 2 - 1] + timed[timed.count / 2]) / 2
    // The backward pass computes as much again for the inputs and for the weights.
    let rate = 3 * Double(counter.value) / Double(seconds.count) / median / 1e9
    let deviceMemory = (try? device.peakMemory()).map { Double($0) / 1e9 }
    let machine = try MatrixProduct(side: device == .cpu ? 2048 : 4096, experiment.precision, on: device).rate()
    return Figures(
      recipe: recipe.rawValue, precision: experiment.precision.rawValue, device: device.description, batch: batch,
      libtorch: Runtime.version, pairsPerSecond: Double(batch) / median, secondsPerStep: median, peakMemory: peak,
      deviceMemory: deviceMemory, gigaflops: rate, machineGigaflops: machine, ratio: rate / machine,
      waiting: waiting / timed.reduce(0, +), loss: loss)
  }

  /// The peak resident memory of this process, GB.
  private func peakMemory() throws -> Double {
    var usage = rusage()
    guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else {
      throw UserError("the memory of this process cannot be read: \(String(cString: strerror(errno)))")
    }
    return Double(usage.ru_maxrss) / 1e6
  }

  private struct Figures: Encodable {
    let recipe, precision, device: String
    let batch: Int
    let libtorch: String
    let pairsPerSecond, secondsPerStep, peakMemory: Double
    let deviceMemory: Double?
    let gigaflops, machineGigaflops, ratio, waiting, loss: Double

    private enum CodingKeys: String, CodingKey {
      case recipe, precision, device, batch, libtorch, gigaflops, loss
      case pairsPerSecond = "pairs_per_second"
      case secondsPerStep = "seconds_per_step"
      case peakMemory = "peak_rss_gb"
      case deviceMemory = "peak_device_gb"
      case machineGigaflops = "machine_gigaflops"
      case ratio = "gigaflops_over_machine"
      case waiting = "waiting_share"
    }
  }
}

extension Throughput.Recipe {
  var repeats: Int { 5 }

  private var shape: [Int] { self == .mnist ? [28, 28, 1] : [96, 96, 3] }

  /// The recipe as a manifest; its data is given apart.
  var manifest: String {
    switch self {
    case .mnist:
      """
      name: throughput-mnist
      modality: image
      data: {source: ., images: [none]}
      views:
        size: 24
        base: {crop: [20], randomPlace: 0.5}
        transformed: {rotation: 25, crop: [16, 20, 24], randomPlace: 1, shift: 0, flip: 0, jitter: 0.4}
      encoder: {name: ClusterNet6c}
      heads: {main: {clusters: 10, start: 0}, auxiliary: {clusters: 50, deviation: 0.01}, normalise: false}
      training: {epochs: 1, repeats: 5, learningRate: 1e-4, scheme: inTurn}
      """
    case .stl10:
      """
      name: throughput-stl10
      modality: image
      data: {source: ., images: [none]}
      views:
        size: 64
        input: sobel
        base: {crop: [64], randomPlace: 1}
        transformed:
          {rotation: 0, crop: [64], randomPlace: 1, shift: 0, flip: 0.5, jitter: 0.4, saturation: 0.4, hue: 0.125}
      encoder: {name: ClusterNet5g}
      heads: {main: {clusters: 10, start: 0}, auxiliary: {clusters: 70, deviation: 0.01}, normalise: false}
      training: {epochs: 1, repeats: 5, learningRate: 1e-4, scheme: inTurn}
      """
    }
  }

  /// Random bytes of the recipe's shape: only time and memory are measured.
  func dataset(items: Int, cache: SampleCache) throws -> Dataset {
    try cache.dataset(sources: [], decoding: "random \(rawValue) \(items)", contentHash: "seed 0") { writer in
      var numbers = RandomStream(seed: 0).numbers()
      let size = shape.reduce(1, *)
      for _ in 0..<items {
        try writer.append((0..<size).map { _ in UInt8(truncatingIfNeeded: numbers.next()) })
      }
      return DatasetDescription(shape: shape, element: .uint8, ids: (0..<items).map { "\($0)" })
    }
  }
}
