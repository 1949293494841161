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
      of features, probabilities and clusters as arrays. Names, merges and splits are obeyed.
      Example: iic export runs/a --to embedding-atlas map.jsonl
      """)

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var runPath: String

  @Option(help: "csv, jsonl, embedding-atlas, fiftyone or datalab.", transform: Self.form)
  var to: RunExport.Form

  @Argument(help: "The file, or for datalab the folder.")
  var out: String

  @Flag(help: "Use the weights of the epoch of lowest loss instead of the last epoch's.")
  var best = false

  @OptionGroup var settings: RunSettings

  @Sendable private static func form(_ text: String) throws -> RunExport.Form {
    guard let form = RunExport.Form(rawValue: text) else {
      throw ValidationError("expected \(RunExport.Form.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return form
  }

  func run() throws {
    try reportingErrors {
      let export = try RunExport(FinishedRun(at: runPath, best: best, settings))
      Console.warn(export.warnings)
      try export.write(to, to: URL(filePath: out))
      Console.print("\(out): \(export.count) items")
      switch to {
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
  }
}
