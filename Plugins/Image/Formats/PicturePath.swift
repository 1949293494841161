import Reading

/// The path of a file in a source of pictures.
struct PicturePath: Hashable {
  /// The suffixes, in small letters, that the names of pictures end in.
  static let suffixes = [
    "png", "apng", "jpg", "jpeg", "jpe", "jfif", "jif", "jfi", "pjpeg", "pjp", "webp", "bmp", "dib", "gif",
  ]
  /// Those of kinds of pictures that are not read.
  static let foreignSuffixes: Set = [
    "arw", "avif", "cr2", "cr3", "dng", "emf", "exr", "hdr", "heic", "heif", "hif", "ico", "j2k", "jp2", "jpf",
    "jxl",
    "jxr", "nef", "orf", "pbm", "pcx", "pgm", "pnm", "ppm", "psd", "raf", "raw", "rw2", "svg", "svgz", "tga", "tif",
    "tiff", "wmf", "xbm", "xpm",
  ]

  /// The path without `.`: what the picture is called.
  var name: String { path.name }
  /// The folders that it is in, outermost first.
  var folders: [Substring] { path.folders }
  private let path: EntryPath

  init(_ entry: String) { path = EntryPath(entry) }

  /// Whether the name ends like a picture's.
  var isPicture: Bool { Self.suffixes.contains(path.suffix) }

  /// Whether it is a picture of a kind that is not read.
  var isForeign: Bool { Self.foreignSuffixes.contains(path.suffix) }

  /// The outermost folder that is one of `parts`, and the folders below it.
  func part(of parts: [String]) -> (name: String, below: ArraySlice<Substring>)? {
    guard let place = folders.firstIndex(where: { parts.contains(String($0)) }) else { return nil }
    return (String(folders[place]), folders[(place + 1)...])
  }
}
