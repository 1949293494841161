import Files

/// What a dataset holds, counted.
public struct DataSummary: Sendable, Encodable {
  /// A name and the number of items that go by it.
  public struct Count: Sendable, Encodable {
    /// A part's name, or a class's, which may be a number.
    public let name: String
    /// The number of items.
    public let items: Int
  }

  /// All items.
  public let items: Int
  /// The items that the main head is trained on.
  public let trained: Int
  /// The parts that a manifest may name.
  public let parts: [Count]
  /// The items of each class; nil without labels.
  public let classes: [Count]?
  /// The items whose class is unknown; nil without labels.
  public let unlabelled: Int?
  /// The names of the classes of items' places, none where they are numbers; nil if items have labels, or places none.
  public let placeClasses: [String]?
  /// The items that have a partner other than themselves by name; nil if each is paired with itself.
  public let withPartners: Int?
  /// The shape of one sample.
  public let sampleShape: [Int]
  /// The type of a sample's elements.
  public let element: DatasetDescription.Element
  /// The size of the decoded samples on disk.
  public let cacheBytes: Int

  private enum CodingKeys: String, CodingKey {
    case items, trained, parts, classes, unlabelled, element
    case withPartners = "with_partners"
    case placeClasses = "place_classes"
    case sampleShape = "sample_shape"
    case cacheBytes = "cache_bytes"
  }

  init(_ dataset: Dataset, trained: Int, modality: any Modality) throws {
    items = dataset.count
    self.trained = trained
    parts = dataset.description.parts.map { Count(name: $0.name, items: $0.count) }
    var counts: [Int: Int] = [:]
    for label in dataset.labels ?? [] { counts[label, default: 0] += 1 }
    unlabelled = dataset.labels.map { _ in counts[-1] ?? 0 }
    classes = dataset.labels.map { _ in
      counts.filter { $0.key >= 0 }.sorted { $0.key < $1.key }.map {
        Count(name: dataset.description.className($0.key), items: $0.value)
      }
    }
    let hasPlaces = try dataset.labels == nil && modality.placeClasses(of: dataset.samples(at: [0][...])) != nil
    placeClasses = hasPlaces ? dataset.description.classNames ?? [] : nil
    withPartners = dataset.partners.map { partners in (0..<partners.count).count { partners.has($0) } }
    sampleShape = dataset.description.shape
    element = dataset.description.element
    cacheBytes = dataset.count * dataset.description.sampleByteCount
  }
}
