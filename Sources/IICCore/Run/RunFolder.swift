public import Files
public import Foundation

/// The folder that a run leaves behind.
///
///     manifest.yaml         every key of the manifest that has an effect, with its value
///     metrics.jsonl         a line per epoch: what equal seeds repeat
///     timing.jsonl          a line per epoch: what depends on the machine
///     checkpoints/          the last moments from which training can go on
///     weights.safetensors   the network after the last epoch
///     best.safetensors      the network after the epoch of lowest main loss; of several initialisations, of the one
///                           that goes on, from when it was chosen
///     assignments.csv       the cluster of every item, by the sub-head of lowest loss, and its class where one is known
///     shares.csv            of a dense network instead: the share of each cluster in the places of every item
///     groups.csv            the same of groups of items, by the mean of their items' probabilities
///     evaluation.json       the figures of the last epoch and of the best one; `by_loss` of each says which sub-head's
///                           clusters are the run's from then on
///     fitted.json           what was fitted to the data, such as a vocabulary, and the names of the classes
///     edits.json            what a person said of the clusters: names, merges, splits
///     labels.csv            the classes of items that the network learns from, where its objective is classification
///     few-labels.json       how accurate methods are with more and more labels, once that was asked for
///     map.safetensors       where its items lie in the plane, once that was asked for
///     report.html           the page of `iic report`, and report.json, what it shows
///     receipt.json          hashes of the data, the table of pairs and the initial weights, versions, seed
public struct RunFolder: Sendable {
  /// A file that the process training in the folder holds locked.
  static let lockName = ".lock"

  /// Where it is.
  public let url: URL

  /// The manifest with every key.
  public var manifest: URL { url.appending(path: "manifest.yaml") }
  /// The figures of each epoch.
  public var metrics: URL { url.appending(path: "metrics.jsonl") }
  /// The times of each epoch.
  public var timing: URL { url.appending(path: "timing.jsonl") }
  /// The last moments from which training can go on.
  public var checkpoints: URL { url.appending(path: "checkpoints") }
  /// The network after the last epoch.
  public var lastWeights: URL { url.appending(path: "weights.safetensors") }
  /// The network after the epoch of lowest main loss.
  public var bestWeights: URL { url.appending(path: "best.safetensors") }
  /// The cluster of every item.
  public var assignments: URL { url.appending(path: "assignments.csv") }
  /// The shares of clusters in the places of every item, of a dense network.
  public var shares: URL { url.appending(path: "shares.csv") }
  /// The cluster of every group, where items belong to groups.
  public var groups: URL { url.appending(path: "groups.csv") }
  /// The figures at the end.
  public var evaluation: URL { url.appending(path: "evaluation.json") }
  /// What was fitted to the data.
  public var fitted: URL { url.appending(path: "fitted.json") }
  /// What a person said of the clusters.
  public var edits: URL { url.appending(path: "edits.json") }
  /// The classes of items that the network learns from.
  public var labels: URL { url.appending(path: "labels.csv") }
  /// How accurate methods are with more and more labels.
  public var fewLabels: URL { url.appending(path: "few-labels.json") }
  /// Where its items lie in the plane.
  public var map: URL { url.appending(path: "map.safetensors") }
  /// What the run was made of.
  public var receipt: URL { url.appending(path: "receipt.json") }

  /// The folder's path.
  public var path: String {
    let path = url.path(percentEncoded: false)
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// Makes a folder for a new run. One that already holds a run, or anything else, is left as it is.
  public static func create(at path: String) throws(UserError) -> RunFolder {
    let folder = RunFolder(url: URL(filePath: path, directoryHint: .isDirectory))
    let files = FileManager.default
    try folder.checkUnused()
    // A process that was killed in the beginning leaves these.
    func isLeftover(_ name: String) -> Bool { name == lockName || WholeFile.isLeftover(name) }
    if let contents = try? files.contentsOfDirectory(atPath: path), !contents.allSatisfy(isLeftover) {
      throw UserError("\(path): is not empty; name a new folder with --run")
    }
    var missing: [URL] = []
    var place = folder.url.absoluteURL.standardizedFileURL
    while !files.fileExists(atPath: place.path(percentEncoded: false)), place.pathComponents.count > 1 {
      missing.append(place)
      place.deleteLastPathComponent()
    }
    do {
      try files.createDirectory(at: folder.url, withIntermediateDirectories: true)
    } catch {
      throw UserError("\(path): the run folder cannot be made: \(error.localizedDescription)")
    }
    // A folder that may not be read keeps the new one all the same.
    for made in missing { try? WholeFile.synchronize(made.deletingLastPathComponent()) }
    return folder
  }

  /// Throws if there is a run in the folder.
  func checkUnused() throws(UserError) {
    guard FileManager.default.fileExists(atPath: manifest.path(percentEncoded: false)) else { return }
    throw UserError("\(path): already holds a run; name another folder with --run, or remove this one")
  }

  /// Opens the folder of an earlier run.
  public static func open(at path: String) throws(UserError) -> RunFolder {
    let folder = RunFolder(url: URL(filePath: path, directoryHint: .isDirectory))
    guard FileManager.default.fileExists(atPath: folder.manifest.path(percentEncoded: false)) else {
      throw UserError("\(path): not a run folder: it has no manifest.yaml")
    }
    return folder
  }

  /// Whether a file is the manifest in a run's folder, which lists every key of the version that wrote it.
  public static func isManifestOfRun(_ path: String) -> Bool {
    let url = URL(filePath: path)
    let folder = RunFolder(url: url.deletingLastPathComponent())
    return url.lastPathComponent == folder.manifest.lastPathComponent
      && FileManager.default.fileExists(atPath: folder.receipt.path(percentEncoded: false))
  }

  /// Writes a file whole: beside its place, then renamed.
  public func write(_ data: Data, to url: URL) throws(UserError) { try WholeFile.save(data, to: url) }

  /// Writes a value as indented JSON with sorted keys.
  public func write(json value: some Encodable, to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try write(encoder.encode(value) + Data("\n".utf8), to: url)
  }

  /// What the run was made of; nil if it ended before that was written.
  func readReceipt() throws -> Receipt? {
    guard FileManager.default.fileExists(atPath: receipt.path(percentEncoded: false)) else { return nil }
    do {
      return try JSONDecoder().decode(Receipt.self, from: Data(contentsOf: receipt))
    } catch {
      throw UserError("\(receipt.path(percentEncoded: false)): cannot be read: \(error)")
    }
  }

  /// What was fitted to the run's data; nil in runs of older programs, which did not keep it.
  func readFitted() throws -> FittedState? {
    guard FileManager.default.fileExists(atPath: fitted.path(percentEncoded: false)) else { return nil }
    do {
      return try JSONDecoder().decode(FittedState.self, from: Data(contentsOf: fitted))
    } catch {
      throw UserError("\(fitted.path(percentEncoded: false)): cannot be read: \(error)")
    }
  }

  /// In what the data of an experiment differ from those that the run was trained on, a line each; empty if in nothing.
  public func dataChanges(_ experiment: Experiment) -> [String] {
    do {
      if let changes = try readReceipt()?.dataChanges(experiment) { return changes }
      return ["\(path) has no receipt.json, so that nobody can tell whether the data are the run's"]
    } catch {
      return ["\(error); nobody can tell whether the data are the run's"]
    }
  }

  /// The sub-head of the main head whose clusters are the run's, as it was chosen when training ended, for the last
  /// weights or the best ones. If it is not known, `problem` says why.
  public func chosenSubhead(best: Bool, of count: Int) -> (subhead: Int?, problem: String?) {
    let anew = "the sub-head is chosen anew, by its loss over the items evaluated: clusters may have other numbers"
    guard let data = try? Data(contentsOf: evaluation) else {
      return (nil, "\(path) has no evaluation.json, which names the run's sub-head; \(anew)")
    }
    guard let result = try? JSONDecoder().decode(TrainingRun.Result.self, from: data) else {
      return (nil, "\(path)/evaluation.json cannot be read; \(anew)")
    }
    let weights = best ? bestWeights : lastWeights
    let subhead = (best ? result.best : result.last).byLoss.subhead
    guard isOf(weights, result, best: best), (0..<count).contains(subhead) else {
      return (nil, "\(path)/evaluation.json is not of \(weights.lastPathComponent); \(anew)")
    }
    return (subhead, nil)
  }

  /// The figures of the last weights or the best ones, as they were when training ended; nil if they are not known.
  func figures(best: Bool) -> EvaluationReport? {
    guard let result = try? JSONDecoder().decode(TrainingRun.Result.self, from: Data(contentsOf: evaluation)),
      isOf(best ? bestWeights : lastWeights, result, best: best)
    else { return nil }
    return best ? result.best : result.last
  }

  /// Whether figures are of weights: training may have gone on since, or they are another run's. Runs of older programs
  /// have no hash there.
  private func isOf(_ weights: URL, _ result: TrainingRun.Result, best: Bool) -> Bool {
    let known = best ? result.bestSHA256 : result.lastSHA256
    return known.map { hash in (try? SHA256.hash(of: weights)) == hash } ?? true
  }

  /// Adds a line of JSON to a file and returns its length in bytes.
  func append(_ record: some Encodable, to url: URL) throws -> Int {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let line = try encoder.encode(record) + Data("\n".utf8)
    let path = url.path(percentEncoded: false)
    do {
      if !FileManager.default.fileExists(atPath: path) { try WholeFile.write([], to: url) }
      let handle = try FileHandle(forWritingTo: url)
      defer { try? handle.close() }
      try handle.seekToEnd()
      try handle.write(contentsOf: line)
    } catch let failure as WholeFile.Failure {
      throw UserError("\(path): cannot be written: \(failure)")
    } catch {
      throw UserError("\(path): cannot be written: \(error.localizedDescription)")
    }
    return line.count
  }

  /// The length of a file in bytes; 0 if it is not there.
  func size(of url: URL) -> Int {
    let path = url.path(percentEncoded: false)
    return (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
  }

  /// Cuts off what is behind the first `length` bytes of a file.
  func truncate(_ url: URL, to length: Int) throws(UserError) {
    let path = url.path(percentEncoded: false)
    let size = size(of: url)
    guard size >= length else { throw UserError("\(path): found \(size) bytes; the checkpoint says \(length)") }
    guard size > length else { return }
    do {
      let handle = try FileHandle(forWritingTo: url)
      defer { try? handle.close() }
      try handle.truncate(atOffset: UInt64(length))
    } catch {
      throw UserError("\(path): cannot be cut to the checkpoint's length: \(error.localizedDescription)")
    }
  }
}
