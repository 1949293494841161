import Archive
import Files
import IICCore
import Manifest
import Reading
import Torch

/// Recordings of sensors in which one activity follows another: every moment is clustered, by an objective over places.
///
/// A sample is a stretch of a recording, `[C + 1, L]`: the channels, and the class of each moment, -1 where it is not known.
/// A view is a window of it, `[n, C, W]`. The second one begins at another moment, and its map says at which, so that the
/// objective compares a moment with itself and its neighbours.
struct MomentsModality: Modality {
  static let name = "moments"
  private let source: DataSource
  private let classes: [String]?
  private let length, shift: Int
  private let noise, scaling: Double
  private let width, block: Int

  init(from root: SectionReader) throws(ManifestError) {
    (source, classes, length) = try root.section("data", "where the recordings are") { data throws(ManifestError) in
      (
        try data.dataSource(
          "archive or folder of CSV files; the last column is the class's number, -1 if it is not known"),
        try data("classes", .list(of: .string), default: nil, "names of the classes, by number"),
        try data("length", .integer(in: 64...65536), default: 320, "L, moments in a stretch")
      )
    }
    (shift, noise, scaling) = try root.section("views", "how two views differ") { views throws(ManifestError) in
      (
        try views(
          "shift", .integer(in: 0...1024), default: 16, "the most moments by which the second view is shifted"),
        try views("noise", .number(in: 0...10), default: 0.1, "standard deviation of the second view's noise"),
        try views("scaling", .number(in: 0...0.9), default: 0.2, "largest relative change of its strength")
      )
    }
    (width, block) = try root.section("encoder", "the network") { encoder throws(ManifestError) in
      (
        try encoder("width", .integer(in: 4...1024), default: 32, "channels of the convolutions"),
        try encoder(
          "block", .integer(in: 1...64), default: 16,
          "moments over which features are averaged, so that they tell the rhythm and not where in it a moment is")
      )
    }
    guard length % block == 0, 2 * shift % block == 0 else {
      throw root.error(
        "encoder", "found a block of \(block); expected one that divides data.length and twice views.shift")
    }
    guard 2 * shift + 32 <= length else {
      throw root.error(
        "views", "found a shift of \(shift); expected at most \((length - 32) / 2), so that 32 moments stay")
    }
  }

  func dataset(cache: SampleCache) throws -> Dataset {
    try cache.dataset(sources: [(source, nil)], decoding: "moments 1 \(length) \(classes ?? [])") { writer in
      var ids: [String] = []
      var columns = 0
      var leftOut = LeftOut()
      try source.forEachEntry { entry in
        guard entry.name.hasSuffix(".csv") else {
          leftOut.add(entry.name, because: "no tables by their suffix")
          return true
        }
        let recording = try Recording(entry)
        guard recording.columns > 1, columns == 0 || recording.columns == columns else {
          throw ArchiveError(
            path: source.path, entry: entry.name,
            message: "found \(recording.columns) columns; expected \(max(columns, 2)): channels, and the class")
        }
        columns = recording.columns
        if let classes, let wrong = recording.rows.firstIndex(where: { !($0[columns - 1] < Float(classes.count)) })
        {
          throw ArchiveError(
            path: source.path, entry: entry.name,
            message:
              "row \(wrong + 1): found class \(recording.rows[wrong][columns - 1]); expected -1 to \(classes.count - 1)"
          )
        }
        if recording.rows.count < length { leftOut.add(entry.name, because: "shorter than \(length) moments") }
        for start in stride(from: 0, through: recording.rows.count - length, by: length) {
          let rows = recording.rows[start..<(start + length)]
          let stretch = (0..<columns).flatMap { column in rows.map { $0[column] } }
          try writer.append(stretch.withUnsafeBytes { [UInt8]($0) })
          ids.append("\(entry.name):\(start)")
        }
        return true
      }
      guard !ids.isEmpty else {
        throw UserError(
          (["\(source.path): found no recording that can be used"] + leftOut.notes(of: "files")).joined(
            separator: "; "))
      }
      var description = DatasetDescription(
        shape: [columns, length], element: .float32, ids: ids, classNames: classes)
      description.notes = leftOut.notes(of: "files")
      return description
    }
  }

  /// The moments that a view shows.
  private var window: Int { length - 2 * shift }

  func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    View(try channels(of: samples).sliced(shift..<shift + window, along: 2))
  }

  func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    let n = samples.shape[0]
    var numbers = random.child("shifts").numbers()
    let starts = (0..<n).map { _ in numbers.below(2 * shift + 1) }
    let all = try channels(of: samples)
    let windows = try Tensor.concatenated(
      starts.enumerated().map { (item, start) throws(TorchError) in
        try all.sliced(item..<item + 1).sliced(start..<start + window, along: 2)
      })
    let generator = try random.child("noise").generator()
    let strength = try generator.uniform([n, 1, 1], in: 1 - scaling...1 + scaling).to(samples.device)
    let values = try windows * strength + generator.normal(windows.shape).to(samples.device) * noise
    // A window runs from -1 to 1: where its moments lie in the first view.
    let moved = starts.map { 2 * Float($0 - shift) / Float(window) }
    return View(values, map: try Tensor(moved.flatMap { [1, 0, $0, 0, 1, 0] }, shape: [n, 2, 3]))
  }

  func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] { [View(try channels(of: samples))] }

  func placeClasses(of samples: Tensor) throws(TorchError) -> Tensor? {
    let last = samples.shape[1] - 1
    return try samples.sliced(last..<last + 1, along: 1).reshaped([samples.shape[0], length]).to(.int64)
  }

  func encoder(sampleShape: [Int], generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    var layers: [any Layer] = []
    var channels = sampleShape[0] - 1
    // Sees 61 moments.
    for dilation in [1, 3, 6] {
      layers += [
        try Convolution(channels, width, kernel: 7, dilation: dilation, isPadded: true, generator: generator),
        try BatchNorm2d(channels: width), ReLU(),
      ]
      channels = width
    }
    return FeatureEncoder(
      layer: Sequential(layers + [BlockMean(block)]), featureCount: channels, isDense: true)
  }

  private func channels(of samples: Tensor) throws(TorchError) -> Tensor {
    try samples.sliced(0..<(samples.shape[1] - 1), along: 1)
  }
}
