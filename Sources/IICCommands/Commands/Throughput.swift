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
      for data; of a recipe of segmentation also the time that the joint of its auxiliary head takes by itself, \
      forward and backward, and what that is of a median step. One step comes first and is not timed, of segmentation two, on a \
      CUDA device three.
      """)

  @Option(
    help: """
      mnist (ClusterNet6c, 24 x 24, grey), stl10 (ClusterNet5g, 64 x 64, Sobel), or one of segmentation \
      (SegmentationNet10a): coco-stuff-3, coco-stuff-15 (128 x 128), potsdam-3, potsdam-6 (200 x 200).
      """)
  var recipe: ThroughputRecipe

  @Option(
    help: "Pairs in a step; if absent, 700, of segmentation the published number. A multiple of 5 for mnist, stl10."
  )
  var batch: Int?

  @Option(help: "Pieces in which a step passes through the network.")
  var pieces = 1

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

  func validate() throws {
    guard pairs > 0, pairs % recipe.repeats == 0 else {
      throw ValidationError("--batch: found \(pairs); expected a multiple of \(recipe.repeats)")
    }
    guard steps > 0 else { throw ValidationError("--steps: found \(steps); expected 1 or more") }
  }

  /// The pairs in a step.
  private var pairs: Int { batch ?? recipe.batch }

  func run() throws {
    try reportingErrors {
      let folder = FileManager.default.temporaryDirectory.appending(path: "iic-throughput-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: folder) }
      var overrides = [
        "training.batch=\(pairs)", "training.pieces=\(pieces)", "training.precision=\(precision ?? "null")",
        "training.device=\(device)",
      ]
      if let threads { overrides.append("training.threads=\(threads)") }
      let document = try ManifestDocument(text: recipe.manifest, source: "recipe \(recipe)", overrides: overrides)
      // Enough items for all steps, half of them by each head.
      let items = (steps + untimed + 1) / 2 * (pairs / recipe.repeats)
      let experiment = try Experiment(
        document, registry: registry, dataset: recipe.dataset(items: items, cache: SampleCache(folder: folder)))
      try Console.printJSON(measure(experiment))
    }
  }

  /// The steps before those that are timed: the first sets things up, and a CUDA device is asked for a step before it is
  /// done with the last one.
  private var untimed: Int { device != "cpu" ? 3 : recipe.dense == nil ? 1 : 2 }

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
    let peak = try Self.peakMemory()
    let timed = seconds.dropFirst(untimed).sorted()
    let median =
      timed.count % 2 == 1
      ? timed[timed.count / 2] : (timed[timed.count / 2 - 1] + timed[timed.count / 2]) / 2
    // The backward pass computes as much again for the inputs and for the weights.
    let rate = 3 * Double(counter.value) / Double(seconds.count) / median / 1e9
    let deviceMemory = (try? device.peakMemory()).map { Double($0) / 1e9 }
    let machine = try MatrixProduct(side: device == .cpu ? 2048 : 4096, experiment.precision, on: device).rate()
    let joint = try recipe.dense.map { try JointTrial($0, images: pairs).seconds(rounds: 1) }
    return Figures(
      recipe: recipe.rawValue, precision: experiment.precision.rawValue, device: device.description, batch: pairs,
      libtorch: Runtime.version, pairsPerSecond: Double(pairs) / median, secondsPerStep: median, peakMemory: peak,
      deviceMemory: deviceMemory, gigaflops: rate, machineGigaflops: machine, ratio: rate / machine,
      waiting: waiting / timed.reduce(0, +), loss: loss, jointSeconds: joint, jointShare: joint.map { $0 / median })
  }

  /// The peak resident memory of this process, GB.
  static func peakMemory() throws -> Double {
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
    let jointSeconds, jointShare: Double?

    private enum CodingKeys: String, CodingKey {
      case recipe, precision, device, batch, libtorch, gigaflops, loss
      case pairsPerSecond = "pairs_per_second"
      case secondsPerStep = "seconds_per_step"
      case peakMemory = "peak_rss_gb"
      case deviceMemory = "peak_device_gb"
      case machineGigaflops = "machine_gigaflops"
      case ratio = "gigaflops_over_machine"
      case waiting = "waiting_share"
      case jointSeconds = "joint_seconds"
      case jointShare = "joint_over_step"
    }
  }
}
