public import IICCore

/// What the page of a report is made from. Page/page.js reads it as JSON under these names.
public struct ReportContent: Encodable {
  /// The version of this contract.
  public let version = 1
  /// What made it.
  public let program: String
  /// The colours of clusters by their numbers, as long as there are some; then they begin again.
  public let palette: [String]
  /// The runs, in the order in which they were named.
  public let runs: [Run]

  /// A run.
  public struct Run: Encodable {
    public let name, path, modality: String
    public let items: Int
    /// Of a run that clusters places, how many they are.
    public let places: Int?
    /// What of data and training a person looks up first, line by line.
    public let facts: [Fact]
    /// What is to be known of the data and of the clusters, each with what to try.
    public let warnings: [String]
    public let figures: Figures
    public let clusters: [Cluster]
    /// K and K', 0 without an auxiliary head.
    public let mainCount, auxiliaryCount: Int
    /// The items in each network cluster and each auxiliary cluster `[K][K']`; empty without an auxiliary head.
    public let cells: [[Int]]
    /// The merges of the auxiliary head's clusters, the first one first.
    public let merges: [RunClusters.Merge]
    /// The names of the classes; empty where none is known.
    public let classes: [String]
    /// The items of each network cluster in each class `[K][C]`; empty where none is known.
    public let confusion: [[Int]]
    public let epochs: [Epoch]
    /// How accurate methods are with more and more labels, by their names; empty where nobody asked.
    public let fewLabels: [String: LabelCurve]
    public let gallery: Gallery
    public let map: Map?
    /// What a person said so far; the page adds to it.
    public let edits: ClusterEdits
    public let manifest: String
  }

  /// A line about a run.
  public struct Fact: Encodable {
    public let name, value: String
  }

  /// Shares from 0 to 1, losses in nats. By loss no label is used.
  public struct Figures: Encodable {
    public let byLoss: Column
    public let byLabels: Column?
    /// Of sub-heads, how many agree on an item, the mean share.
    public let agreement: Double?

    public struct Column: Encodable {
      public let subhead: Int
      public let loss: Double
      public let acc, accManyToOne, nmi, ari, meanIoU: Double?

      init(_ figures: EvaluationReport.Subhead) {
        (subhead, loss) = (figures.subhead, figures.loss)
        (acc, accManyToOne) = (figures.acc, figures.accManyToOne)
        (nmi, ari, meanIoU) = (figures.nmi, figures.ari, figures.meanIoU)
      }
    }
  }

  /// A cluster as edits leave it.
  public struct Cluster: Encodable {
    public let number: Int
    public let name, colour: String?
    /// Its items, or places.
    public let count: Int
  }

  /// An epoch of the start that went on.
  public struct Epoch: Encodable {
    public let epoch: Int
    /// The lowest loss of a sub-head, nats, by the heads' names.
    public let losses: [String: Double]
    public let inUse: Int?
    public let learningRate: Double
    public let acc: Double?
  }

  /// Members of the network's clusters, the surest ones and the least sure ones.
  public struct Gallery: Encodable {
    /// bitmap, text, wave, series or none.
    public let kind: String
    /// Why nothing is shown, where that is so.
    public let problem: String?
    /// Pictures of many members side by side, `data:` addresses.
    public let sheets: [String]
    /// The side of a member in them, points.
    public let cell: Int
    public let members: [Member]
  }

  /// An item in the gallery.
  public struct Member: Encodable {
    public let id: String
    public let label: String?
    /// Of the two heads, -1 without an auxiliary one.
    public let main, auxiliary: Int
    public let probability, margin: Float
    public let isSure: Bool
    /// Where it is: sheet, left, top, width, height.
    public var place: [Int]?
    public var text: String?
    /// The words of the text that decide most: from and to in UTF-16 units, and the weight, 1 to 100.
    public var marks: [[Int]]?
    /// A `data:` address of a sound.
    public var wave: String?
    public var series: [[Float]]?
  }

  /// Items in the plane, all or some.
  public struct Map: Encodable {
    /// How many of how many items are shown.
    public let shown, of: Int
    /// Little-endian 16-bit numbers in base64: x and y, 0 to 65535, then the clusters of the two heads.
    public let x, y, main, auxiliary: String
    /// The items' names; empty if they are too many.
    public let ids: [String]
  }
}
