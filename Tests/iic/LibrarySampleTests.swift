import Foundation
import Testing

/// The sample of the library in ten lines of Swift.
@Suite struct LibrarySampleTests {
  @Test func pointsAreClusteredAndNewOnesLabelled() throws {
    let process = Process()
    process.executableURL = program.deletingLastPathComponent().appending(path: "library-sample")
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    let lines = text.split(separator: "\n")
    #expect(process.terminationStatus == 0 && lines.count == 4)
    #expect(lines.first == "600 points in clusters of [200, 200, 200]")
    // The three new points are of three centres.
    let labels = lines.dropFirst().compactMap { $0.split(separator: " ").first }
    #expect(Set(labels) == ["0", "1", "2"])
    for line in lines.dropFirst() { #expect(try #require(Double(line.split(separator: " ")[1])) > 0.9) }
  }
}
