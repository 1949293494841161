import Files
public import Foundation
public import IICCore

/// What runs found, as one page of HTML that needs nothing else, and the same figures as JSON.
public struct ReportPage {
  /// More numbers than that look alike anyway.
  private static let colours = 256

  /// What it shows.
  public let content: ReportContent

  /// Looks at runs, the first one shown first.
  public init(_ runs: [FinishedRun]) throws {
    content = ReportContent(
      program: "iic \(ProgramVersion.number)", palette: (0..<Self.colours).map(Palette.hex),
      runs: try runs.map { try RunDigest(run: $0).content() })
  }

  /// Writes the page, and beside it, with `.json` in place of its suffix, what it shows. Returns the page's size in bytes and
  /// that file.
  public func write(to url: URL) throws -> (bytes: Int, json: URL) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = try encoder.encode(content)
    let html = Self.html(title: content.runs.map(\.name).joined(separator: ", "), json)
    let beside = url.deletingPathExtension().appendingPathExtension("json")
    try WholeFile.save(html, to: url)
    try WholeFile.save(json, to: beside)
    return (html.count, beside)
  }

  /// The page. What comes from data is inside the JSON only, compressed, so that none of it is ever read as markup.
  static func html(title: String, _ json: Data) -> Data {
    let packed = Data(ZlibStream.deflated(Array(json))).base64EncodedString()
    var page = String(decoding: PackageResources.page_html, as: UTF8.self)
    // The data last: what they hold is never looked through.
    let parts = [
      ("{{style}}", String(decoding: PackageResources.page_css, as: UTF8.self)),
      ("{{script}}", String(decoding: PackageResources.page_js, as: UTF8.self)),
      ("{{title}}", escaped(title)), ("{{data}}", packed),
    ]
    for (name, part) in parts { page = page.replacing(name, with: part) }
    return Data(page.utf8)
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("{", with: "&#123;")
  }
}
