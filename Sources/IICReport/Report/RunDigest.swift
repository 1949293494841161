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
    let labels = run.experiment.dataset.labels
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
      epochs: epochs, gallery: gallery, map: map, edits: said,
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

/// Pictures of a run that clusters places, each beside its clusters.
struct PlaceGallery {
  private static let count = 24, side = 128

  let run: FinishedRun
  let subhead: Int

  func gallery() -> ReportContent.Gallery {
    let all = run.experiment.evaluatedItems
    let step = max(1, all.count / Self.count)
    let items = stride(from: 0, to: all.count, by: step).prefix(Self.count).map { all[$0] }
    var members = items.map { item in
      ReportContent.Member(
        id: run.experiment.dataset.description.ids[item], label: nil, main: -1, auxiliary: -1, probability: 0,
        margin: 0, isSure: true)
    }
    do {
      let modality = run.experiment.configuration.modality
      let previews = try modality.previews(of: items, in: run.experiment.dataset)
      guard previews.count == items.count else { throw UserError("the items have nothing to show") }
      let pairs = try zip(items, previews).map { item, preview in
        guard case .bitmap(let bitmap) = preview else { throw UserError("the items have nothing to show") }
        return try ItemPreview.bitmap(beside(bitmap.fitted(to: Self.side), item))
      }
      let sheets = GalleryMaker.draw(pairs, side: 2 * Self.side, on: &members)
      return ReportContent.Gallery(
        kind: "bitmap", problem: nil, sheets: sheets, cell: 2 * Self.side, members: members)
    } catch {
      return ReportContent.Gallery(
        kind: "none", problem: "the items cannot be shown: \(error)", sheets: [], cell: Self.side, members: members)
    }
  }

  /// A picture and, to its right, the clusters of its places in their colours.
  private func beside(_ bitmap: ItemPreview.Bitmap, _ item: Int) throws -> ItemPreview.Bitmap {
    let configuration = run.experiment.configuration
    let (_, edits, _) = try run.clusters()
    let map: [Int] = try withoutGradients { () throws in
      let samples = try run.experiment.dataset.samples(at: [item]).to(configuration.training.device)
      let views = try configuration.modality.evaluationViews(of: samples)
      let likely = try run.network.probabilities(views, .evaluation, of: ["main"])["main"]
      let own = try likely?.sliced(subhead..<(subhead + 1), along: 1)
      guard let own else { return [] }
      let shape = own.shape  // [1, 1, K, H, W]
      return try own.reshaped(Array(shape.dropFirst(2))).argmax(along: 0)
        .resizedNearest(height: bitmap.height, width: bitmap.width)
    }
    let colours = Palette.colours(edits.clusters)
    var bytes: [UInt8] = []
    for row in 0..<bitmap.height {
      bytes += bitmap.bytes[(row * bitmap.width * 3)..<((row + 1) * bitmap.width * 3)]
      for column in 0..<bitmap.width {
        let cluster = edits.clusters.cluster(main: map[row * bitmap.width + column])
        bytes += colours[cluster] ?? [0, 0, 0]
      }
    }
    return ItemPreview.Bitmap(width: 2 * bitmap.width, height: bitmap.height, channels: 3, bytes: bytes) ?? bitmap
  }
}

extension Tensor {
  /// Whole numbers `[h, w]` at the places of a grid of another size, row by row.
  fileprivate func resizedNearest(height: Int, width: Int) throws -> [Int] {
    let (rows, columns, values) = (shape[0], shape[1], try integers())
    return (0..<height).flatMap { y in
      (0..<width).map { x in values[(y * rows / height) * columns + x * columns / width] }
    }
  }
}

/// Colours of clusters that people with any colour vision tell apart, as far as so many can be: those of Okabe and Ito (2008),
/// then hues around the circle in three lightnesses. Page/page.js has the same ones.
enum Palette {
  private static let first = [
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#7f7f7f",
  ]

  static func hex(_ place: Int) -> String {
    guard place >= first.count else { return first[place] }
    let turn = Double(place) * 0.618_033_988_75
    let hue = (turn - turn.rounded(.down)) * 6
    let lightness = [0.42, 0.6, 0.3][place % 3]
    let chroma = (1 - abs(2 * lightness - 1)) * 0.62
    let other = chroma * (1 - abs(hue.truncatingRemainder(dividingBy: 2) - 1))
    let (r, g, b): (Double, Double, Double) =
      switch Int(hue) {
      case 0: (chroma, other, 0)
      case 1: (other, chroma, 0)
      case 2: (0, chroma, other)
      case 3: (0, other, chroma)
      case 4: (other, 0, chroma)
      default: (chroma, 0, other)
      }
    let base = lightness - chroma / 2
    return "#" + [r, g, b].map { String(format: "%02x", Int((($0 + base) * 255).rounded())) }.joined()
  }

  /// Red, green and blue by cluster number.
  static func colours(_ clusters: EditedClusters) -> [Int: [UInt8]] {
    Dictionary(
      uniqueKeysWithValues: clusters.numbers.map { number in
        let digits = Array((clusters.colours[number] ?? hex(number)).dropFirst())
        return (number, [0, 2, 4].map { UInt8(String(digits[$0...($0 + 1)]), radix: 16) ?? 0 })
      })
  }
}
