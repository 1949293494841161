import Files
import Foundation
import IICCore
import Torch

/// Chooses the members of clusters that a report shows, and draws them.
struct GalleryMaker {
  /// Members of a sheet side by side.
  private static let columns = 24
  /// Rows of members in a sheet: browsers decode small pictures as they are needed.
  private static let rows = 16
  private static let longestText = 400, longestSeries = 256

  let run: FinishedRun
  let clusters: RunClusters
  /// How many clusters share the space.
  let clusterCount: Int

  /// At each end of a cluster so many are shown.
  private var ends: Int { max(3, min(12, 240 / max(1, clusterCount))) }
  /// The side of a bitmap, points.
  private var side: Int { clusterCount <= 20 ? 64 : clusterCount <= 60 ? 48 : 32 }

  /// The members, by network cluster, the surest first and the least sure last.
  func chosen() -> [(place: Int, isSure: Bool)] {
    let order = clusters.main.indices.sorted {
      (clusters.main[$0], -clusters.probabilities[$0], $0) < (clusters.main[$1], -clusters.probabilities[$1], $1)
    }
    var found: [(Int, Bool)] = []
    for (_, members) in Dictionary(grouping: order, by: { clusters.main[$0] }).sorted(by: { $0.key < $1.key }) {
      guard members.count > 2 * ends else {
        let half = (members.count + 1) / 2
        found += members.enumerated().map { ($1, $0 < half) }
        continue
      }
      found += members.prefix(ends).map { ($0, true) } + members.suffix(ends).map { ($0, false) }
    }
    return found
  }

  func gallery() -> ReportContent.Gallery {
    let chosen = chosen()
    let description = run.experiment.dataset.description
    var members = chosen.map { place, isSure in
      let item = clusters.items[place]
      return ReportContent.Member(
        id: description.ids[item], label: description.labels.map { description.className($0[item]) },
        main: clusters.main[place], auxiliary: clusters.auxiliary.isEmpty ? -1 : clusters.auxiliary[place],
        probability: clusters.probabilities[place], margin: clusters.margins[place], isSure: isSure)
    }
    do {
      let items = chosen.map { clusters.items[$0.place] }
      let previews = try run.experiment.configuration.modality.previews(of: items, in: run.experiment.dataset)
      guard previews.count == members.count, let first = previews.first else {
        return ReportContent.Gallery(
          kind: "none", problem: "items of this kind have nothing to show", sheets: [], cell: side, members: members
        )
      }
      let sheets = Self.draw(previews, side: side, on: &members)
      for place in members.indices { try mark(&members[place]) }
      return ReportContent.Gallery(kind: first.kind, problem: nil, sheets: sheets, cell: side, members: members)
    } catch {
      return ReportContent.Gallery(
        kind: "none", problem: "the items cannot be shown: \(error)", sheets: [], cell: side, members: members)
    }
  }

  /// At most so many words of a text are marked, those without which its cluster's probability falls by so much at least.
  private static let mostMarks = 6
  private static let leastFall: Float = 0.01

  /// Says which words of a text decide: those without which its cluster is less likely.
  private func mark(_ member: inout ReportContent.Member) throws {
    let configuration = run.experiment.configuration
    guard let text = member.text,
      let (parts, samples) = try configuration.modality.withoutParts(of: text, in: run.experiment.dataset)
    else { return }
    let likely: [Float] = try withoutGradients { () throws in
      let views = try configuration.modality.evaluationViews(of: samples.to(configuration.training.device))
      let sums = try run.network.probabilities(views, .evaluation, of: ["main"])
      guard let found = sums["main"] else { return [] }
      return try (found * (1 / Double(views.count)))
        .sliced(clusters.subhead..<(clusters.subhead + 1), along: 1)
        .sliced(member.main..<(member.main + 1), along: 2).contiguous().floats()
    }
    let falls = zip(parts, likely).map { (part: $0, fall: member.probability - $1) }
    let most = falls.sorted { $0.fall > $1.fall }.prefix(Self.mostMarks).filter { $0.fall >= Self.leastFall }
    guard let largest = most.first?.fall else { return }
    member.marks = most.map { [$0.part.lowerBound, $0.part.upperBound, max(1, Int(100 * $0.fall / largest))] }
      .sorted { $0[0] < $1[0] }
  }

  /// Gives each member what its preview is, and draws what is to be seen on sheets.
  static func draw(_ previews: [ItemPreview], side: Int, on members: inout [ReportContent.Member]) -> [String] {
    var bitmaps: [(member: Int, bitmap: ItemPreview.Bitmap)] = []
    for (place, preview) in previews.enumerated() {
      switch preview {
      case .bitmap(let bitmap): bitmaps.append((place, bitmap.fitted(to: side)))
      case .text(let text):
        members[place].text =
          text.count > longestText ? String(text.prefix(longestText)) + "…" : text
      case .wave(let samples, let rate, let bitmap):
        members[place].wave = WaveFile(samples, rate: rate).address
        bitmaps.append((place, bitmap.fitted(to: 2 * side)))
      case .series(let rows):
        members[place].series = rows.prefix(12).map { row in
          let step = max(1, (row.count + longestSeries - 1) / longestSeries)
          return stride(from: 0, to: row.count, by: step).map { start in
            let part = row[start..<min(start + step, row.count)]
            let mean = part.reduce(0, +) / Float(part.count)
            return mean.isFinite ? (mean * 1000).rounded() / 1000 : 0
          }
        }
      }
    }
    let cell = bitmaps.map { max($0.bitmap.width, $0.bitmap.height) }.max() ?? side
    let perSheet = columns * rows
    return stride(from: 0, to: bitmaps.count, by: perSheet).enumerated().map { sheet, start in
      let part = bitmaps[start..<min(start + perSheet, bitmaps.count)]
      let (width, height) = (min(columns, part.count) * cell, (part.count + columns - 1) / columns * cell)
      var bytes = [UInt8](repeating: 255, count: width * height * 3)
      for (place, (member, bitmap)) in part.enumerated() {
        let (left, top) = (place % columns * cell, place / columns * cell)
        for row in 0..<bitmap.height {
          let from = row * bitmap.width * 3
          let to = ((top + row) * width + left) * 3
          bytes.replaceSubrange(to..<(to + bitmap.width * 3), with: bitmap.bytes[from..<(from + bitmap.width * 3)])
        }
        members[member].place = [sheet, left, top, bitmap.width, bitmap.height]
      }
      let file = PNGWriter.data(width: width, height: height, pixels: .rgb, bytes)
      return "data:image/png;base64," + file.base64EncodedString()
    }
  }
}

extension ItemPreview {
  fileprivate var kind: String {
    switch self {
    case .bitmap: "bitmap"
    case .text: "text"
    case .wave: "wave"
    case .series: "series"
    }
  }
}

/// A short piece of sound as a WAV file of 8 bits a sample in the mu-law (ITU-T G.711), at most 8,000 a second.
struct WaveFile {
  private static let longest = 4, highestRate = 8000

  let address: String

  init(_ samples: [Float], rate: Int) {
    let step = max(1, (rate + Self.highestRate - 1) / Self.highestRate)
    let slower = rate / step
    let count = min(samples.count / step, Self.longest * slower)
    let data = (0..<count).map { place in
      Self.muLaw(samples[(place * step)..<((place + 1) * step)].reduce(0, +) / Float(step))
    }
    func four(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> ($0 * 8) & 255) } }
    let format: [UInt8] = [7, 0, 1, 0] + four(slower) + four(slower) + [1, 0, 8, 0, 0, 0]
    let chunks =
      Array("WAVEfmt ".utf8) + four(format.count) + format + Array("data".utf8) + four(data.count) + data
    let file = Array("RIFF".utf8) + four(chunks.count) + chunks
    address = "data:audio/wav;base64," + Data(file).base64EncodedString()
  }

  /// The logarithmic code of a sample from -1 to 1.
  static func muLaw(_ sample: Float) -> UInt8 {
    let bias = 132
    let value = max(-32635, min(32635, Int(sample * 32767)))
    let magnitude = abs(value) + bias
    let exponent = max(0, Int.bitWidth - magnitude.leadingZeroBitCount - 8)
    let mantissa = magnitude >> (exponent + 3) & 15
    return ~UInt8((value < 0 ? 128 : 0) | exponent << 4 | mantissa)
  }
}
