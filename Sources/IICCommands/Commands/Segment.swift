import Archive
import ArgumentParser
import Files
import Foundation
import IICCore
import Imaging

struct Segment: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Gives every pixel of new pictures its cluster, by a run that segments.",
    discussion: """
      For each picture of a folder, archive or file, of any size, a PNG of its size and name whose pixels are the \
      clusters' numbers, with a palette; with --overlays also the picture under the clusters' colours; and shares.csv, \
      a line for each picture: the share of each cluster in its pixels. The run's own data are not opened.
      Example: iic segment runs/earth photos.zip --out maps
      """)

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var runPath: String

  @Argument(help: "A folder, an archive or a file with pictures.")
  var source: String

  @Option(help: "The folder for label pictures; made if it is not there.")
  var out: String

  @Flag(help: "Also write each picture under the clusters' colours, NAME_overlay.png.")
  var overlays = false

  @Option(help: "The sub-head whose clusters are given; if absent, the run's.")
  var subhead: Int?

  @Option(help: "The side of the tiles that pictures are cut into, pixels; if absent, that of the run's samples.")
  var tile: Int?

  @Option(help: "By how much tiles lie over each other, pixels; if absent, a quarter of their side.")
  var overlap: Int?

  @Flag(help: "Use the weights of the epoch of lowest loss instead of the last epoch's.")
  var best = false

  @Flag(help: "Print one JSON object: the pictures and their shares.")
  var json = false

  @OptionGroup var settings: RunSettings

  func validate() throws {
    if let tile, !(8...4096).contains(tile) { throw ValidationError("--tile: found \(tile); expected 8 to 4096") }
    if let overlap, overlap < 0 { throw ValidationError("--overlap: found \(overlap); expected 0 or more") }
  }

  private struct Found: Encodable {
    let picture: String
    let map: String
    let width, height: Int
    let shares: [Double]
  }

  func run() throws {
    try reportingErrors {
      let run = try RunModel(at: runPath, best: best, overrides: settings.overrides, registry: registry)
      let known = run.subhead
      if subhead == nil, let problem = known.problem { Console.warn([problem]) }
      let chosen = subhead ?? known.subhead ?? 0
      let count = run.configuration.heads.main.subheads
      guard (0..<count).contains(chosen) else {
        throw UserError("--subhead: found \(chosen); expected 0 to \(count - 1)")
      }
      let edits = try run.edits(subhead: chosen)
      Console.warn(edits.warnings)
      let segmenter = try Segmenter(run, subhead: chosen, edits.clusters, side: tile, overlap: overlap)
      let folder = URL(filePath: out, directoryHint: .isDirectory)
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      } catch {
        throw UserError("\(out): cannot be made: \(error.localizedDescription)")
      }
      guard let modality = run.configuration.modality as? any PictureModality else { return }
      var found: [Found] = []
      var names: Set<String> = []
      let leftOut = try modality.forEachPicture(of: DataSource(path: source)) { picture in
        let name = Self.name(of: picture.name, unlike: &names)
        found.append(try segment(picture, as: name, in: folder, segmenter))
      }
      Console.warn(leftOut)
      guard !found.isEmpty else { throw UserError("\(source): found no picture") }
      try writeShares(found, segmenter.edited, to: folder.appending(path: "shares.csv"))
      if json { return try Console.printJSON(found) }
      Console.print(
        "\(found.count) picture\(found.count == 1 ? "" : "s") in \(segmenter.edited.numbers.count) clusters, maps in \(out)"
      )
    }
  }

  private func segment(
    _ picture: Picture, as name: String, in folder: URL, _ segmenter: Segmenter
  ) throws -> Found {
    let palette = Palette.colours(segmenter.clusters, segmenter.edited)
    var map = try PNGWriter(
      at: folder.appending(path: "\(name).png"), width: picture.width, height: picture.height,
      pixels: .palette(palette))
    var overlay =
      try overlays
      ? PNGWriter(
        at: folder.appending(path: "\(name)_overlay.png"), width: picture.width, height: picture.height,
        pixels: .rgb)
      : nil
    var start = 0
    let counts = try segmenter(picture) { part in
      if part > 0 { Console.note("\(picture.name): \(Int(100 * part)) %") }
    } rows: { clusters in
      try map.append(clusters)
      try overlay?.append(Self.overlay(clusters, on: picture, from: start, palette))
      start += clusters.count
    }
    try map.finish()
    try overlay.take()?.finish()
    let total = Double(picture.width * picture.height)
    return Found(
      picture: picture.name, map: "\(name).png", width: picture.width, height: picture.height,
      shares: segmenter.edited.numbers.map { Double(counts[$0]) / total })
  }

  /// A picture's pixels from one on, half theirs and half their clusters' colours.
  private static func overlay(
    _ clusters: [UInt8], on picture: Picture, from start: Int, _ palette: [[UInt8]]
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * clusters.count)
    for (place, cluster) in clusters.enumerated() {
      let colour = palette[Int(cluster)]
      for channel in 0..<3 {
        let own = picture.pixels[(start + place) * picture.channels + (picture.channels < 3 ? 0 : channel)]
        bytes.append(UInt8((Int(own) + Int(colour[channel])) / 2))
      }
    }
    return bytes
  }

  /// A file's name for a picture's: its path without the suffix, in one folder, and told apart from those before.
  private static func name(of picture: String, unlike names: inout Set<String>) -> String {
    let path = picture.split(separator: "/").joined(separator: "_")
    let stem = path.lastIndex(of: ".").map { String(path[..<$0]) } ?? path
    var (name, count) = (stem.isEmpty ? "picture" : stem, 1)
    while !names.insert(name).inserted {
      count += 1
      name = "\(stem)-\(count)"
    }
    return name
  }

  private func writeShares(_ found: [Found], _ clusters: EditedClusters, to url: URL) throws {
    let columns = clusters.numbers.map { CSVField.text(clusters.names[$0] ?? "share_\($0)") }
    var text = (["picture", "map"] + columns).joined(separator: ",") + "\n"
    for one in found {
      let names = [one.picture, one.map].map(CSVField.text)
      text += (names + one.shares.map { String(format: "%.6f", $0) }).joined(separator: ",") + "\n"
    }
    try WholeFile.save(Data(text.utf8), to: url)
  }
}

/// Colours for clusters.
enum Palette {
  /// Those of Okabe and Ito (2008), which colour-blind people tell apart.
  private static let first: [[UInt8]] = [
    [0, 114, 178], [230, 159, 0], [0, 158, 115], [204, 121, 167], [86, 180, 233], [213, 94, 0], [240, 228, 66],
    [0, 0, 0],
  ]

  /// So many colours, red, green and blue: the first eight, then hues a golden angle apart in three brightnesses; and those
  /// that were given to clusters.
  static func colours(_ count: Int, _ clusters: EditedClusters) -> [[UInt8]] {
    (0..<count).map { place in
      if let given = clusters.colours[place].flatMap({ Int($0.dropFirst(), radix: 16) }) {
        return [16, 8, 0].map { UInt8(given >> $0 & 255) }
      }
      guard place >= first.count else { return first[place] }
      let hue = (Double(place) * 0.381966).truncatingRemainder(dividingBy: 1) * 6
      let value = [0.95, 0.7, 0.45][place % 3]
      let low = value * 0.35
      let rising = low + (value - low) * hue.truncatingRemainder(dividingBy: 1)
      let falling = value + low - rising
      let parts: [Double] =
        switch Int(hue) {
        case 0: [value, rising, low]
        case 1: [falling, value, low]
        case 2: [low, value, rising]
        case 3: [low, falling, value]
        case 4: [rising, low, value]
        default: [value, low, falling]
        }
      return parts.map { UInt8(($0 * 255).rounded()) }
    }
  }
}
