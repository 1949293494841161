import Files
import IICCore
import Torch

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
      let clusters = try run.clusters().edits.clusters
      let previews = try modality.previews(of: items, in: run.experiment.dataset)
      guard previews.count == items.count else { throw UserError("the items have nothing to show") }
      let pairs = try zip(items, previews).map { item, preview in
        guard case .bitmap(let bitmap) = preview else { throw UserError("the items have nothing to show") }
        return try ItemPreview.bitmap(beside(bitmap.fitted(to: Self.side), item, clusters))
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
  private func beside(
    _ bitmap: ItemPreview.Bitmap, _ item: Int, _ clusters: EditedClusters
  ) throws -> ItemPreview.Bitmap {
    let configuration = run.experiment.configuration
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
    let colours = Palette.colours(clusters)
    var bytes: [UInt8] = []
    for row in 0..<bitmap.height {
      bytes += bitmap.bytes[(row * bitmap.width * 3)..<((row + 1) * bitmap.width * 3)]
      for column in 0..<bitmap.width {
        let cluster = clusters.cluster(main: map[row * bitmap.width + column])
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
