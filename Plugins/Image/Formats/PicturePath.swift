/// The path of a file in a source of pictures.
struct PicturePath: Hashable {
  /// The suffixes, in small letters, that the names of pictures end in.
  static let suffixes = ["png", "jpg", "jpeg", "webp", "bmp", "gif"]
  /// Those of kinds of pictures that are not read.
  static let foreignSuffixes: Set = [
    "arw", "avif", "cr2", "dng", "heic", "heif", "ico", "jp2", "jxl", "nef", "pbm", "pgm", "ppm", "psd", "svg",
    "tga",
    "tif", "tiff",
  ]

  /// The path without `.`: what the picture is called.
  let name: String
  /// The folders that it is in, outermost first.
  let folders: [Substring]
  private let file: Substring

  init(_ entry: String) {
    let steps = entry.split(separator: "/").filter { $0 != "." }
    name = steps.joined(separator: "/")
    folders = steps.dropLast()
    file = steps.last ?? ""
  }

  private var suffix: String { file.split(separator: ".").dropFirst().last?.lowercased() ?? "" }

  /// Whether the name ends like a picture's, and the file is none that systems keep for themselves.
  var isPicture: Bool { Self.suffixes.contains(suffix) && !isHidden }

  /// Whether it is a picture of a kind that is not read.
  var isForeign: Bool { Self.foreignSuffixes.contains(suffix) && !isHidden }

  private var isHidden: Bool {
    (folders + [file]).contains { ($0.hasPrefix(".") && $0 != "..") || $0 == "__MACOSX" }
  }

  /// The outermost folder that is one of `parts`, and the folders below it.
  func part(of parts: [String]) -> (name: String, below: ArraySlice<Substring>)? {
    guard let place = folders.firstIndex(where: { parts.contains(String($0)) }) else { return nil }
    return (String(folders[place]), folders[(place + 1)...])
  }
}
