import ArgumentParser
import Foundation
import IICCore
import IICReport

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes what a run found in the form that another tool opens.",
    discussion: """
      csv and jsonl: a row for each item with its cluster, probability, class if known, and its place in the plane. \
      embedding-atlas: the same with nearest items. fiftyone: a file of labels by the pictures' names. datalab: a folder \
      of features, probabilities and clusters as arrays. onnx: the network, from samples as the data have them to \
      features, probabilities and clusters; OUT.json says what its input and outputs are. samples: an array of the items \
      as that network takes them. tensorboard: a folder of event files with the figures of each epoch. Names, merges and \
      splits are obeyed.
      Examples: iic export runs/a --to embedding-atlas map.jsonl
                iic export runs/a --to onnx model.onnx
      """)

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var runPath: String

  @Option(
    help: "csv, jsonl, embedding-atlas, fiftyone, datalab, samples, onnx or tensorboard.", transform: Self.product)
  var to: Product

  @Argument(help: "The file, or for datalab and tensorboard the folder.")
  var out: String

  @Flag(help: "With tensorboard: go on while the run trains.")
  var follow = false

  @Flag(help: "Use the weights of the epoch of lowest loss instead of the last epoch's.")
  var best = false

  @OptionGroup var settings: RunSettings

  /// What is written.
  enum Product {
    case items(RunExport.Form)
    case samples
    case network
    case course
  }

  @Sendable private static func product(_ text: String) throws -> Product {
    if text == "onnx" { return .network }
    if text == "samples" { return .samples }
    if text == "tensorboard" { return .course }
    guard let form = RunExport.Form(rawValue: text) else {
      throw ValidationError(
        "expected \(RunExport.Form.allCases.map(\.rawValue).joined(separator: ", ")), samples, onnx, tensorboard")
    }
    return .items(form)
  }

  func run() throws {
    try reportingErrors {
      switch to {
      case .network: try writeNetwork()
      case .course: try writeCourse()
      case .samples:
        let run = try FinishedRun(at: runPath, best: best, settings)
        Console.print("\(out): \(try RunExport.writeSamples(of: run, to: URL(filePath: out))) items")
      case .items(let form): try write(form)
      }
    }
  }

  private func write(_ form: RunExport.Form) throws {
    let export = try RunExport(FinishedRun(at: runPath, best: best, settings))
    Console.warn(export.warnings)
    try export.write(form, to: URL(filePath: out))
    Console.print("\(out): \(export.count) items")
    switch form {
    case .csv, .jsonl: break
    case .embeddingAtlas: Console.note("open with: embedding-atlas \(out) --x x --y y --neighbors neighbors")
    case .fiftyOne:
      Console.note(
        "open with: fiftyone.Dataset.from_dir(dataset_type=fiftyone.types.FiftyOneImageClassificationDataset, "
          + "data_path=PICTURES, labels_path=\"\(out)\")")
    case .datalab:
      Console.note(
        "open with: Datalab(data={\"y\": numpy.load(\"\(out)/labels.npy\")}, label_name=\"y\").find_issues("
          + "features=numpy.load(\"\(out)/features.npy\"), pred_probs=numpy.load(\"\(out)/pred_probs.npy\"))")
    }
  }

  private func writeCourse() throws {
    let log = TensorBoardLog(try RunFolder.open(at: runPath), in: URL(filePath: out))
    var (epochs, isDone) = try log.update()
    if follow { StopSignals.watch() }
    while follow, !isDone, !StopSignals.wantsStop {
      Thread.sleep(forTimeInterval: 1)
      let next = try log.update()
      (epochs, isDone) = (epochs + next.epochs, next.isDone)
    }
    Console.print("\(out): \(epochs) epochs")
    Console.note("open with: tensorboard --logdir \(out)")
  }

  private func writeNetwork() throws {
    // Other runtimes have no bfloat16 for every operation.
    let model = try RunModel(
      at: runPath, best: best,
      overrides: settings.overrides + ["training.precision=float32", "training.device=cpu"],
      registry: registry)
    let deployed = try DeployedModel(model)
    Console.warn(deployed.warnings)
    let description = try deployed.write(to: URL(filePath: out))
    Console.print("\(out): samples \(model.sampleShape) to features, probabilities, cluster")
    Console.note("what its input and outputs are: \(description.path(percentEncoded: false))")
    Console.note("open with: onnxruntime.InferenceSession(\"\(out)\").run(None, {\"samples\": SAMPLES})")
  }
}
