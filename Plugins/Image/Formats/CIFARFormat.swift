import Archive
import IICCore
import Manifest

/// The binary files of CIFAR-10, `cifar-10-binary.tar.gz`.
struct CIFAR10Format: SingleSourceFormat {
  private let files: CIFARFiles

  init(from section: SectionReader) throws(ManifestError) {
    files = try CIFARFiles(
      [("train", (1...5).map { "data_batch_\($0).bin" }), ("test", ["test_batch.bin"])], labelBytes: 1, label: 0,
      classes: 10, classNames: "batches.meta.txt", from: section)
  }

  var decoding: String { "cifar10 \(files.decoding)" }
  func reads(_ file: String) -> Bool { files.reads(baseName(file)) }

  func decode(_ source: DataSource, into writer: inout SampleWriter) throws -> DatasetDescription {
    try files.decode(source, into: &writer)
  }
}

/// The binary files of CIFAR-100, `cifar-100-binary.tar.gz`.
struct CIFAR100Format: SingleSourceFormat {
  /// Which of an image's two labels is its class.
  enum Labels: String, CaseIterable {
    /// One of 100 classes.
    case fine
    /// One of 20 groups of five classes each.
    case coarse
  }

  private let files: CIFARFiles

  init(from section: SectionReader) throws(ManifestError) {
    let labels = try section(
      "labels", .choice, default: Labels.fine,
      "100 classes or the 20 groups of them; used to evaluate, never to train")
    files = try CIFARFiles(
      [("train", ["train.bin"]), ("test", ["test.bin"])], labelBytes: 2, label: labels == .coarse ? 0 : 1,
      classes: labels == .coarse ? 20 : 100, classNames: "\(labels.rawValue)_label_names.txt", from: section)
  }

  var decoding: String { "cifar100 \(files.decoding)" }
  func reads(_ file: String) -> Bool { files.reads(baseName(file)) }

  func decode(_ source: DataSource, into writer: inout SampleWriter) throws -> DatasetDescription {
    try files.decode(source, into: &writer)
  }
}
