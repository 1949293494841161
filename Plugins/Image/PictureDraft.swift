import Archive
import IICCore
import Media

/// What a source of pictures looks like, from its names and the first pictures.
struct PictureDraft {
  /// So many pictures are decoded to see their sizes and colours.
  private static let examples = 16

  private let count: Int
  private let classes: [String]
  private let sizes: Set<[Int]>
  private let isGrey: Bool

  /// Nil if there are no pictures.
  init?(_ source: DataSource, _ entries: [String]) throws {
    let pictures = entries.map(PicturePath.init).filter(\.isPicture)
    guard !pictures.isEmpty else { return nil }
    count = pictures.count
    classes = (try? FolderClasses(pictures, parts: nil).names) ?? []
    var images: [DecodedImage] = []
    // Spread over all of them: those in one folder may be alike.
    let step = max(1, pictures.count / Self.examples)
    var (place, left) = (-1, min(Self.examples, pictures.count))
    try source.forEachEntry { entry in
      guard PicturePath(entry.name).isPicture else { return true }
      place += 1
      guard place % step == 0 else { return true }
      let bytes = try entry.readAll(limit: PictureOptions.byteLimit)
      if let image = try? ImageDecoder.decode(bytes, name: entry.name, color: .rgb) { images.append(image) }
      left -= 1
      return left > 0
    }
    sizes = Set(images.map { [$0.width, $0.height] })
    isGrey = !images.isEmpty && images.allSatisfy(Self.isGrey)
  }

  private static func isGrey(_ image: DecodedImage) -> Bool {
    let pixels = image.pixels
    for place in stride(from: 0, to: pixels.count - 2, by: 3) {
      guard pixels[place] == pixels[place + 1], pixels[place] == pixels[place + 2] else { return false }
    }
    return true
  }

  var draft: ManifestDraft {
    let small: Int = sizes.compactMap { $0.min() }.min() ?? 64
    let only: [Int] = sizes.count == 1 ? sizes.first ?? [] : []
    let isOneSize = only.count == 2 && only[0] == only[1] && only[0] <= 96
    let side = min(64, max(8, small))
    var data = [ManifestDraft.Line("format", "folder")]
    if classes.count > 1 {
      data.append(
        .init("labels", "folder", "\(classes.count) folders; to compare with, never to train; none leaves them out")
      )
    }
    if isGrey { data.append(.init("channels", "grey")) }
    if !isOneSize {
      data.append(.init("resize", "\(side)", "pixels of the shorter side; the middle square is kept"))
    }
    data.append(.init("onUndecodable", "skip", "what cannot be decoded is left out, counted and named"))
    let widths: [[Int]] = sizes.sorted { $0[0] < $1[0] }
    let found: String = widths.prefix(3).map { "\($0[0]) x \($0[1])" }.joined(separator: ", ")
    let place = classes.count > 1 ? " in \(classes.count) folders" : ""
    return ManifestDraft(
      entries: count, summary: "\(count) pictures\(place), \(isGrey ? "grey, " : "")\(found) pixels", data: data,
      classes: classes.count > 1 ? classes.count : nil)
  }
}
