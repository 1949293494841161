import IICTesting
import Testing

/// The blobs that other tests train on keep what the core relies on.
@Suite struct BlobConformanceTests {
  static let blobs = ModalityConformance(
    BlobModality.self,
    manifest: """
      name: blobs
      modality: blobs
      data: {count: 20}
      heads: {main: {clusters: 3, subheads: 2}, auxiliary: {clusters: 6, subheads: 2}}
      training: {epochs: 1, batch: 10, repeats: 2}
      """,
    items: 20, classes: 3, layouts: [DataLayout(inert: ["data.noise"])],
    empty: .init(overrides: ["data.count=0"], mention: "data.count=0: found"), corrupt: nil,
    write: { _ in })

  @Test(arguments: ConformanceCheck.allCases)
  func holds(_ check: ConformanceCheck) throws { try Self.blobs.holds(check) }
}
