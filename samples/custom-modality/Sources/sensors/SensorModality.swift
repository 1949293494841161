import Archive
import Files
import IICCore
import Manifest
import Reading
import Torch

/// Recordings of sensors: CSV files with a column for each channel and a row for each moment.
///
/// A sample is a stretch of one recording, `[C, L + margin]`. A view is a window of it, `[n, C, L]`: two windows of a
/// stretch lie at different moments, and the second also differs in speed, strength and noise.
struct SensorModality: Modality {
  static let name = "sensor"
  private let source: DataSource
  private let window, margin: Int
  private let noise, scaling, stretching: Double
  private let width: Int

  init(from root: SectionReader) throws(ManifestError) {
    (source, window, margin) = try root.section("data", "where the recordings are") { data throws(ManifestError) in
      (
        try data.dataSource("archive or folder of CSV files, a folder for each class"),
        // The encoder's three convolutions need 29.
        try data("window", .integer(in: 32...65536), default: 64, "L, moments in a view"),
        try data(
          "margin", .integer(in: 0...65536), default: 32,
          "moments by which windows of a stretch are shifted")
      )
    }
    (noise, scaling, stretching) = try root.section("views", "how two views differ") {
      views throws(ManifestError) in
      (
        try views(
          "noise", .number(in: 0...10), default: 0.1,
          "standard deviation of the noise of the second view"),
        try views("scaling", .number(in: 0...0.9), default: 0.2, "largest relative change of its strength"),
        try views("stretching", .number(in: 0...0.5), default: 0.05, "largest relative change of its speed")
      )
    }
    width = try root.section("encoder", "the network") { encoder throws(ManifestError) in
      try encoder("width", .integer(in: 4...1024), default: 32, "channels of the first convolution")
    }
  }

  func dataset(cache: SampleCache) throws -> Dataset {
    let length = window + margin
    // The 1 is to be raised when this code makes other samples of the same files.
    return try cache.dataset(sources: [(source, nil)], decoding: "sensor 1 \(length)") { writer in
      var ids: [String] = []
      var folders: [String] = []
      var channels = 0
      var leftOut = LeftOut()
      try source.forEachEntry { entry in
        guard entry.name.hasSuffix(".csv") else {
          leftOut.add(entry.name, because: "no tables by their suffix")
          return true
        }
        let recording = try Recording(entry)
        let rows = recording.rows
        guard channels == 0 || recording.columns == channels else {
          throw ArchiveError(
            path: source.path, entry: entry.name,
            message: "found \(recording.columns) columns; expected \(channels) as in the recordings before")
        }
        channels = recording.columns
        guard rows.count >= length else {
          leftOut.add(entry.name, because: "shorter than \(length) moments, window and margin")
          return true
        }
        let folder = EntryPath(entry.name).folder ?? ""
        for start in stride(from: 0, through: rows.count - length, by: length) {
          let stretch = (0..<channels).flatMap { channel in rows[start..<(start + length)].map { $0[channel] } }
          try writer.append(stretch.withUnsafeBytes { [UInt8]($0) })
          ids.append("\(entry.name):\(start)")
          folders.append(folder)
        }
        return true
      }
      let notes = leftOut.notes(of: "files")
      guard !ids.isEmpty else {
        throw UserError((["\(source.path): found no recording that can be used"] + notes).joined(separator: "; "))
      }
      var description = DatasetDescription(shape: [channels, length], element: .float32, ids: ids)
      if Set(folders).count > 1 { description.setClasses(try ClassNumbers(folders)) }
      description.notes = notes
      return description
    }
  }

  func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    View(try windows(of: samples, generator: random.generator(), stretching: 0))
  }

  func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    let generator = try random.generator()
    let shifted = try windows(of: samples, generator: generator, stretching: stretching)
    let strength = try generator.uniform([samples.shape[0], 1, 1], in: 1 - scaling...1 + scaling).to(samples.device)
    return View(try shifted * strength + generator.normal(shifted.shape).to(samples.device) * noise)
  }

  func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] {
    [View(try samples.sliced(margin / 2..<margin / 2 + window, along: 2))]
  }

  func encoder(sampleShape: [Int], generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    var layers: [any Layer] = []
    var channels = sampleShape[0]
    for width in [width, 2 * width, 4 * width] {
      layers.append(try Convolution(channels, width, kernel: 5, stride: 2, generator: generator))
      layers += [try BatchNorm2d(channels: width), ReLU()]
      channels = width
    }
    return FeatureEncoder(layer: Sequential(layers + [GlobalAveragePool2d()]), featureCount: channels)
  }

  /// Windows `[n, C, L]` at random moments of stretches `[n, C, L + margin]`, interpolated between moments.
  private func windows(
    of samples: Tensor, generator: RandomGenerator, stretching: Double
  ) throws(TorchError) -> Tensor {
    let (n, channels, length) = (samples.shape[0], samples.shape[1], samples.shape[2])
    // A stretch runs from -1 to 1; this is how far its windows may move from the middle.
    let reach = Double(margin) / Double(length)
    let shift = try generator.uniform([n], in: -reach...reach)
    let speed = try generator.uniform([n], in: 1 - stretching...1 + stretching) * (Double(window) / Double(length))
    let zero = try Tensor.zeros([n])
    let maps = try Tensor.stacked([speed, zero, shift, zero, zero + 1, zero], along: 1).reshaped([n, 2, 3])
    return try samples.reshaped([n, channels, 1, length])
      .affineSampled(by: maps.to(samples.device), height: 1, width: window)
      .reshaped([n, channels, window])
  }
}
