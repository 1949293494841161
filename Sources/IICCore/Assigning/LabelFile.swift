public import Files
public import Foundation
import Reading

/// Writes the labels of a whole dataset to a file, item by item. A file whose process ended is gone on with.
public struct LabelFile {
  private let assigner: Assigner
  private let dataset: Dataset
  private let format: LabelFormat
  private let hasAll: Bool
  private let url: URL
  private let work: String

  /// Prepares the labels of a dataset.
  ///
  /// - Parameters:
  ///   - hasAll: whether the probability of every cluster is written.
  ///   - work: a text that is another whenever the labels would be: of the run, of what was set.
  public init(
    _ assigner: Assigner, _ dataset: Dataset, as format: LabelFormat, hasAll: Bool, at url: URL, work: String
  ) throws(UserError) {
    (self.assigner, self.dataset, self.format) = (assigner, dataset, format)
    (self.hasAll, self.url) = (hasAll, url)
    self.work = try SHA256.hash(of: "\(work)\n\(dataset.description.contentHash)\n\(format.rawValue)\n\(hasAll)")
  }

  /// The rows: items, and those that could not be read.
  public var count: Int { dataset.count + dataset.description.unread.count }

  /// Writes what is missing. `progress` is told of the rows that are done, first of those of an earlier attempt; returns the
  /// items of each cluster, by number.
  public func write(progress: (Int) throws -> Void) throws -> [Int: Int] {
    let table = LabelTable(format, of: assigner.clusters, hasAll: hasAll)
    let file = try ResumableFile(at: url, work: work)
    var counts = file.tally
    var unread = dataset.description.unread[...]
    if file.isEmpty { try file.append(table.header(items: count), items: 0) }
    // The rows that are there are those of some items and of what lies before them.
    while let next = unread.first, next.place < file.items - unread.startIndex - 1 { unread.removeFirst() }
    try progress(file.items)
    var item = file.items - unread.startIndex
    while item < dataset.count || !unread.isEmpty {
      let end = min(item + dataset.description.batch, dataset.count)
      let labels = try assigner.labels(of: Array(item..<end)[...], in: dataset)
      var rows: [LabelTable.Row] = []
      for (place, label) in zip(item..<end, labels) {
        Self.take(&unread, upTo: place, into: &rows)
        rows.append(.label(id: dataset.description.ids[place], label))
        counts[label.cluster, default: 0] += 1
      }
      if end == dataset.count { Self.take(&unread, upTo: end, into: &rows) }
      try file.append(table.data(rows), items: rows.count, tally: counts)
      item = end
      try progress(file.items)
    }
    try file.finish()
    return counts
  }

  /// Moves those that lie before the item at `place`.
  private static func take(
    _ unread: inout ArraySlice<LeftOut.Item>, upTo place: Int, into rows: inout [LabelTable.Row]
  ) {
    while let next = unread.first, next.place <= place {
      rows.append(.problem(id: next.id, next.reason))
      unread.removeFirst()
    }
  }
}
