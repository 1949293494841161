import Archive
import Files
import Torch

/// What this program is made of.
public enum ProgramVersion {
  /// The version of iic. It is raised whenever equal manifests, data and seeds give other results than before.
  public static let number = "1.0.0"

  /// The version of the Swift compiler that built the program, as far as it can be told: down to the second number.
  public static var swift: String {
    #if compiler(>=6.5)
      "6.5 or newer"
    #elseif compiler(>=6.4)
      "6.4"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  /// A line for the program and for each library that it computes or reads with.
  public static var lines: [String] {
    ["iic \(number)", "Swift \(swift)", "libtorch \(Runtime.version)", ArchiveLibraries.versions, SHA256.library]
  }
}

/// What a run is made of, for whoever wants to repeat it: `receipt.json`.
struct Receipt: Codable {
  let name, modality, dataSHA256, libtorch, precision, device: String
  let items, seed, threads: Int
  let pairsSHA256: String?
  /// Of the file that the encoder began with, if there is one.
  let encoderWeightsSHA256: String?
  /// The versions of this program and of the Swift that built it; absent in receipts of older programs.
  let program, swift: String?
  /// Of the data; absent in receipts of older programs.
  let sampleShape: [Int]?
  let sampleElement: DatasetDescription.Element?

  init(_ experiment: Experiment, encoderWeightsSHA256: String? = nil) {
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
    self.encoderWeightsSHA256 = encoderWeightsSHA256
    program = ProgramVersion.number
    swift = ProgramVersion.swift
    sampleShape = experiment.dataset.description.shape
    sampleElement = experiment.dataset.description.element
  }
}

extension Receipt {
  /// In what the data of an experiment differ from the run's, a line each.
  func dataChanges(_ experiment: Experiment) -> [String] {
    var lines: [String] = []
    let data = experiment.dataset.description.contentHash
    if data != dataSHA256 {
      let (now, then) = (experiment.dataset.count, items)
      lines.append(
        "the data are not those that the run was trained on: \(Self.difference(dataSHA256, data)); items were "
          + "\(then), are \(now)")
    }
    if experiment.pairsHash != pairsSHA256 {
      lines.append(
        "the table of pairs is not the one that the run was trained on: "
          + Self.difference(pairsSHA256, experiment.pairsHash))
    }
    return lines
  }

  /// Two hashes by their beginnings.
  static func difference(_ old: String?, _ new: String?) -> String {
    func brief(_ hash: String?) -> String { hash.map { "\($0.prefix(16))…" } ?? "absent" }
    return "SHA-256 was \(brief(old)), is \(brief(new))"
  }
}
