public import Archive
public import Files
public import IICCore
public import Torch

/// A kind of data whose items are pictures, or parts of pictures, with a class for each place.
public protocol PictureModality: Modality {
  /// Calls `body` with each picture of a source, in order; returns what was left out, a line each.
  func forEachPicture(of source: DataSource, _ body: (Picture) throws -> Void) throws -> [String]

  /// The factor by which pictures are scaled before they are seen.
  var pictureScale: Double { get }

  /// The view by which samples `[n, H, W, C + 1]` are segmented, of any size: all of them is shown.
  func view(of samples: Tensor) throws(TorchError) -> View
}

/// Segments pictures of any size by a network that was trained on tiles.
public struct Segmenter {
  /// Tiles that pass through the network together have about so many places.
  private static let placesAtOnce = 1 << 17

  private let network: ClusteringNetwork
  private let modality: any PictureModality
  private let head: HeadConfiguration
  private let subhead: Int
  private let device: Device
  /// C, the channels of the run's data.
  private let channels: Int
  /// The side of the tiles, and by how much they lie over each other, pixels.
  public let side, overlap: Int

  /// K, the clusters of the network: numbers are below it.
  public var clusters: Int { head.clusters }
  /// The clusters as edits leave them.
  public let edited: EditedClusters

  /// Takes a run of a dense network over pictures and one of its sub-heads. Throws if it is of something else.
  ///
  /// - Parameters:
  ///   - edited: the clusters of the sub-head as edits leave them, none of them split.
  ///   - side: the side of tiles, pixels; nil takes that of the run's samples.
  ///   - overlap: by how much they lie over each other, pixels; nil takes a quarter of the side.
  public init(
    _ run: RunModel, subhead: Int, _ edited: EditedClusters, side: Int? = nil, overlap: Int? = nil
  ) throws(UserError) {
    let configuration = run.configuration
    guard run.network.isDense, let modality = configuration.modality as? any PictureModality else {
      throw UserError(
        "\(run.folder.path): found a run that clusters items of \(configuration.modalityName); expected one that "
          + "segments pictures")
    }
    guard configuration.heads.main.clusters <= 256 else {
      throw UserError(
        "\(run.folder.path): found \(configuration.heads.main.clusters) clusters; a label picture has at most 256")
    }
    (network, self.modality, head, self.subhead) = (run.network, modality, configuration.heads.main, subhead)
    self.edited = edited
    device = configuration.training.device
    let shape = run.sampleShape
    channels = (shape.last ?? 1) - 1
    self.side = side ?? min(shape[0], shape[1])
    self.overlap = min(overlap ?? self.side / 4, self.side - 1)
  }

  /// Segments a picture, at the scale at which the run saw its own. `rows` is given the clusters of its pixels, some rows at
  /// a time from the top; `progress` is called before every row of tiles with the part that is done, from 0 to 1. Throws if
  /// it has other channels than the run's data.
  ///
  /// - Returns: the pixels of each cluster.
  public func callAsFunction(
    _ picture: Picture, progress: (Double) throws -> Void = { _ in }, rows: ([UInt8]) throws -> Void
  ) throws -> [Int] {
    guard picture.channels == channels else {
      throw UserError(
        "\(picture.name): found \(picture.channels) channels; expected \(channels), as the run's data have")
    }
    let shown = try picture.scaled(by: modality.pictureScale)
    let grid = TileGrid(height: shown.height, width: shown.width, side: side, overlap: overlap)
    var blend = TileBlend(grid, height: shown.height, width: shown.width, clusters: head.clusters)
    var sizing = RowSizing(from: (shown.height, shown.width), to: (picture.height, picture.width))
    var counts = [Int](repeating: 0, count: head.clusters)
    let atOnce = max(1, Self.placesAtOnce / (side * side))
    func give(_ shown: [UInt8]) throws {
      let found = edited.isRegrouped ? sizing(shown).map { UInt8(edited.cluster(main: Int($0))) } : sizing(shown)
      guard !found.isEmpty else { return }
      for cluster in found { counts[Int(cluster)] += 1 }
      try rows(found)
    }
    for (place, row) in grid.rows.enumerated() {
      try progress(Double(place) / Double(grid.rows.count))
      try give(blend.finish(above: row))
      for start in stride(from: 0, to: grid.columns.count, by: atOnce) {
        let columns = grid.columns[start..<min(start + atOnce, grid.columns.count)]
        let bytes = columns.flatMap { shown.sample(row: row, column: $0, rows: side, columns: side) }
        let likely = try probabilities(bytes, [columns.count, side, side, channels + 1])
        let size = head.clusters * side * side
        for (tile, column) in columns.enumerated() {
          blend.add(likely[(tile * size)..<((tile + 1) * size)], row: row, column: column)
        }
      }
    }
    try give(blend.finish(above: shown.height))
    return counts
  }

  /// The probabilities `[n, K, side, side]` of samples.
  private func probabilities(_ bytes: [UInt8], _ shape: [Int]) throws -> [Float] {
    try withoutGradients { () throws in
      let samples = try bytes.withUnsafeBytes { try Tensor(bytes: $0, shape: shape, dtype: .uint8) }.to(device)
      let view = try modality.view(of: samples)
      let outputs = try network.outputs(
        network.features(view, .evaluation), .evaluation, of: [head.name], view: view)
      guard let output = outputs[head.name] else { throw UserError("the network has no head \(head.name)") }
      return try output.sliced(subhead..<subhead + 1, along: 1).contiguous().floats()
    }
  }
}
