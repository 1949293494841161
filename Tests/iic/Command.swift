import Foundation

/// What a run of the program said.
struct Outcome {
  let status: Int32
  let output: String
  /// Standard error but for where samples are kept, which goes before what is wrong with them.
  let errors: String
  /// What was said of where samples are kept.
  let sampleNotes: String

  /// The JSON objects on standard output, one a line.
  func json() throws -> [[String: Any]] {
    try output.split(separator: "\n").map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
    }
  }
}

/// The program, which is built into the folder that the tests run from.
let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "iic")

/// Runs the built program in `folder`.
func iic(_ arguments: String..., in folder: Workspace) throws -> Outcome {
  try iic(arguments, in: folder)
}

/// Runs the built program in `folder`.
func iic(_ arguments: [String], in folder: Workspace) throws -> Outcome {
  let process = Process()
  process.executableURL = program
  process.arguments = arguments
  process.currentDirectoryURL = folder.url
  process.environment = ProcessInfo.processInfo.environment.merging(
    ["XDG_CACHE_HOME": folder.path("cache")], uniquingKeysWith: { $1 })
  let files = ["output", "errors"].map { folder.url.appending(path: $0) }
  for file in files { try Data().write(to: file) }
  let handles = try files.map { try FileHandle(forWritingTo: $0) }
  process.standardOutput = handles[0]
  process.standardError = handles[1]
  try process.run()
  process.waitUntilExit()
  let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
  let lines = texts[1].split(separator: "\n", omittingEmptySubsequences: false)
  let notes = lines.filter { $0.hasPrefix("samples: ") }
  return Outcome(
    status: process.terminationStatus, output: texts[0],
    errors: lines.filter { !$0.hasPrefix("samples: ") }.joined(separator: "\n"),
    sampleNotes: notes.joined(separator: "\n"))
}

/// Runs a line of the shell in `folder`, in which the program may be named by its path.
func iic(shell line: String, in folder: Workspace) throws -> Outcome {
  let process = Process()
  process.executableURL = URL(filePath: "/bin/sh")
  process.arguments = ["-c", line]
  process.currentDirectoryURL = folder.url
  process.environment = ProcessInfo.processInfo.environment.merging(
    ["XDG_CACHE_HOME": folder.path("cache")], uniquingKeysWith: { $1 })
  let (output, errors) = (Pipe(), Pipe())
  (process.standardOutput, process.standardError) = (output, errors)
  try process.run()
  let texts = try [output, errors].map {
    String(decoding: try $0.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
  }
  process.waitUntilExit()
  return Outcome(status: process.terminationStatus, output: texts[0], errors: texts[1], sampleNotes: "")
}

/// A folder with a small dataset: 240 images of 8 x 8 in two classes, bright above or bright below.
final class Workspace {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "iic-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: url.appending(path: "data"), withIntermediateDirectories: true)
    try write(Self.images(240), to: "data/images")
    try write([0, 0, 8, 1, 0, 0, 0, 240] + (0..<240).map { UInt8($0 % 2) }, to: "data/labels")
    try write(Array(Self.manifest().utf8), to: "iic.yaml")
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }

  func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: url.appending(path: name)) }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  static func images(_ count: Int) -> [UInt8] {
    let header: [UInt8] = [0, 0, 8, 3, 0, 0, UInt8(count >> 8), UInt8(count & 255), 0, 0, 0, 8, 0, 0, 0, 8]
    var bytes = header
    for item in 0..<count {
      for place in 0..<64 {
        let isBright = (place < 32) == (item % 2 == 0)
        bytes.append(UInt8(isBright ? 200 + (place * 7 + item * 13) % 50 : (place + item) % 40))
      }
    }
    return bytes
  }

  static func manifest() -> String {
    """
    name: halves
    modality: image
    data:
      source: data
      images: images
      labels: labels
    views:
      size: 8
      transformed: {rotation: 10, flip: 0.5}
    heads:
      main: {clusters: 2, subheads: 2}
      auxiliary: {clusters: 4, subheads: 2}
    training:
      epochs: 2
      batch: 80
      repeats: 2
      threads: 1

    """
  }
}

extension Workspace {
  /// Three groups of 80 rows, one after the other in turn: six columns of which one is higher, then the group's name.
  static func threeGroups() -> [[String]] {
    var state: UInt64 = 7
    func noise() -> Double {
      (0..<6).reduce(0) { sum, _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return sum + Double(state >> 11) / Double(1 << 53 as UInt64) - 0.5
      }
    }
    return (0..<240).map { row in
      (0..<6).map { String(format: "%.5f", noise() + ($0 == 2 * (row % 3) ? 8 : 0)) } + ["kind\(row % 3)"]
    }
  }
}
