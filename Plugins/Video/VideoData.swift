import Archive
import IICCore
import Manifest
import Media
import Reading

/// The `data` section of a video manifest.
struct VideoData: ManifestSection, Sendable {
  /// How clips are laid out in the source.
  enum Format: String, CaseIterable, Sendable {
    /// Each file is a clip.
    case films
    /// Each folder is a clip, its files the frames.
    case frames
  }

  let source: DataSource
  let format: Format
  let labels: ClipLabels
  let sampling: FrameSampling
  let shape: FrameShape
  let pairs: FramePairs
  let onUndecodable: Undecodable

  init(from section: SectionReader) throws(ManifestError) {
    source = try section.dataSource("archive, folder or file with the clips")
    format = try section(
      "format", .choice, default: .films,
      "films: each file is a clip; frames: each folder of pictures, in the order of names")
    labels = try section(
      "labels", .choice, default: .none,
      "what the class of a frame is: its clip, the clip's folder; never used to train")
    sampling = try FrameSampling(from: section)
    shape = try FrameShape(from: section)
    pairs = try FramePairs(from: section)
    onUndecodable = try section.onUndecodable(
      "what is done with what cannot be decoded; skip leaves out the file, or the film from the damage on")
    try section.check(
      format == .films || sampling.perSecond == nil, "framesPerSecond",
      "found a rate with format: frames, which have no times; expected every")
  }

  /// Reads the frames.
  ///
  /// - Parameter findsPairs: whether frames near each other become partners.
  func dataset(cache: SampleCache, findsPairs: Bool) throws -> Dataset {
    let decoding = "video \(format) \(labels) \(sampling.key) \(shape.key) \(onUndecodable)"
    var dataset = try cache.dataset(sources: [(source, nil)], decoding: decoding) { writer in
      var frames = FrameList(path: source.path, skipsUndecodable: onUndecodable == .skip)
      switch format {
      case .films:
        try FilmReader(sampling: sampling, shape: shape).read(source, into: &frames, &writer)
      case .frames:
        try FrameFolders(sampling: sampling, shape: shape).read(source, into: &frames, &writer)
      }
      return try frames.description(shape, labels)
    }
    guard findsPairs, pairs.maxGap > 0 else { return dataset }
    try dataset.setPartners(
      cache.partners(of: dataset, mining: "\(decoding) \(pairs.key)") {
        try pairs.partners(of: dataset, isOrdered: format == .films)
      })
    return dataset
  }
}
