import Files
import Foundation
import IICCore
import Torch

/// What a report says of one run.
struct RunDigest {
  let run: FinishedRun

  func content() throws -> ReportContent.Run {
    try run.network.isDense ? ofPlaces() : ofItems()
  }

  private var configuration: ExperimentConfiguration { run.experiment.configuration }
  private var description: DatasetDescription { run.experiment.dataset.description }

  private func ofItems() throws -> ReportContent.Run {
    let found = try RunClusters(run)
    let (figures, problems) = try run.report()
    let labels = run.experiment.scoredLabels
    var cells = [[Int]](repeating: Array(repeating: 0, count: found.auxiliaryCount), count: found.mainCount)
    if found.auxiliaryCount > 0 {
      for (main, auxiliary) in zip(found.main, found.auxiliary) { cells[main][auxiliary] += 1 }
    }
    let classes = Set(found.items.compactMap { labels?[$0] }.filter { $0 >= 0 }).sorted()
    // More are no table that anybody reads.
    let isTable = !classes.isEmpty && classes.count <= 200 && found.mainCount <= 400
    let columns = Dictionary(uniqueKeysWithValues: zip(classes, 0...))
    var confusion = [[Int]](repeating: Array(repeating: 0, count: classes.count), count: found.mainCount)
    for (cluster, item) in zip(found.main, found.items) {
      if let column = labels.flatMap({ columns[$0[item]] }) { confusion[cluster][column] += 1 }
    }
    let maker = GalleryMaker(run: run, clusters: found, clusterCount: found.mainCount)
    return try assembled(
      figures, problems: problems, cells: found.auxiliaryCount > 0 ? cells : [], merges: found.merges,
      classes: isTable ? classes.map(description.className) : [], confusion: isTable ? confusion : [],
      gallery: maker.gallery(), map: ReportMap(run, found).content())
  }

  private func ofPlaces() throws -> ReportContent.Run {
    let (figures, problems) = try run.report()
    return try assembled(
      figures, problems: problems, cells: [], merges: [], classes: [], confusion: [],
      gallery: PlaceGallery(run: run, subhead: figures.byLoss.subhead).gallery(), map: nil)
  }

  private func assembled(
    _ figures: EvaluationReport, problems: [String], cells: [[Int]], merges: [RunClusters.Merge], classes: [String],
    confusion: [[Int]], gallery: ReportContent.Gallery, map: ReportContent.Map?
  ) throws -> ReportContent.Run {
    let (subhead, edits, _) = try run.clusters()
    let numbers = figures.clusterNumbers ?? Array(0..<figures.clusters)
    let clusters = zip(numbers, figures.clusterCounts).map { number, count in
      ReportContent.Cluster(
        number: number, name: edits.clusters.names[number], colour: edits.clusters.colours[number], count: count)
    }
    let said = try edits.said ?? ClusterEdits(subhead: subhead ?? 0, weightsSHA256: run.weightsSHA256())
    let epochs = try self.epochs()
    return ReportContent.Run(
      name: configuration.name, path: run.folder.path, modality: configuration.modalityName, items: figures.items,
      places: figures.places, facts: facts(epochs), warnings: run.warnings + problems + signs(figures, epochs),
      figures: ReportContent.Figures(
        byLoss: ReportContent.Figures.Column(figures.byLoss),
        byLabels: figures.byLabels.map(ReportContent.Figures.Column.init),
        agreement: figures.together?.consensus.agreement),
      clusters: clusters, mainCount: configuration.heads.main.clusters,
      auxiliaryCount: cells.first?.count ?? 0, cells: cells, merges: merges, classes: classes, confusion: confusion,
      epochs: epochs, fewLabels: try FewLabels.read(in: run.folder), gallery: gallery, map: map, edits: said,
      manifest: (try? String(contentsOf: run.folder.manifest, encoding: .utf8)) ?? "")
  }

  private func facts(_ epochs: [ReportContent.Epoch]) -> [ReportContent.Fact] {
    let (training, heads) = (configuration.training, configuration.heads)
    var facts = [
      ("data", "\(description.ids.count) items of shape \(description.shape)"),
      ("clusters", "\(heads.main.clusters) in \(heads.main.subheads) sub-heads"),
    ]
    if let other = heads.auxiliary {
      facts.append(("auxiliary head", "\(other.clusters) clusters in \(other.subheads) sub-heads"))
    }
    facts += [
      (
        "training",
        "\(epochs.count) \(epochs.count == 1 ? "epoch" : "epochs"), \(training.batch) pairs a step, seed \(training.seed)"
      ),
      ("program", "iic \(ProgramVersion.number)"),
      ("data SHA-256", String(description.contentHash.prefix(16)) + "…"),
    ]
    return facts.map { ReportContent.Fact(name: $0.0, value: $0.1) }
  }

  /// Signs that clusters may not be what a person wants, each with what to try.
  private func signs(_ figures: EvaluationReport, _ epochs: [ReportContent.Epoch]) -> [String] {
    var signs: [String] = []
    let total = figures.clusterCounts.reduce(0, +)
    let share = Double(total) / Double(max(1, figures.clusters))
    let few = figures.clusterCounts.count { Double($0) < share / 10 }
    if few > 0 {
      signs.append(
        "\(few) of \(figures.clusters) clusters hold less than a tenth of an equal share; try heads.main.lambda above 1, or "
          + "fewer clusters")
    }
    if let most = figures.clusterCounts.max(), figures.clusters > 2, Double(most) > 0.5 * Double(total) {
      signs.append(
        "one cluster holds \(most * 100 / max(1, total)) % of all; try heads.main.startFrom: auxiliary with heads.main.start "
          + "above 0, or other views")
    }
    if let agreement = figures.together?.consensus.agreement, agreement < 0.8 {
      signs.append(
        String(
          format:
            "the sub-heads agree on an item by %.2f of 1 only; train other seeds (--seeds) and compare them, or train "
            + "longer", agreement))
    }
    if epochs.count >= 4, let last = epochs.last?.losses["main"],
      let before = epochs[epochs.count * 3 / 4].losses["main"], last < before - 0.03 * abs(before)
    {
      signs.append("the loss was still falling in the last quarter; more epochs may find more")
    }
    return signs
  }

  /// A line of the run's metrics, as far as the report shows it.
  private struct Line: Decodable {
    struct Usage: Decodable {
      let clustersWithItems: Int?
    }

    struct Evaluation: Decodable {
      struct Column: Decodable { let acc: Double? }
      let byLoss: Column
    }

    let restart, epoch: Int
    let losses: [String: [Double]]
    let learningRate: Double
    let usage: Usage?
    let evaluation: Evaluation?
  }

  /// The epochs of the start that went on: of starts that were given up, only the last one's are whole.
  private func epochs() throws -> [ReportContent.Epoch] {
    guard let data = try? Data(contentsOf: run.folder.metrics) else { return [] }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let lines = data.split(separator: 10).compactMap { try? decoder.decode(Line.self, from: Data($0)) }
    guard let last = lines.last?.restart else { return [] }
    return lines.filter { $0.restart == last }.map { line in
      ReportContent.Epoch(
        epoch: line.epoch + 1, losses: line.losses.compactMapValues { $0.min() },
        inUse: line.usage?.clustersWithItems, learningRate: line.learningRate, acc: line.evaluation?.byLoss.acc)
    }
  }
}
