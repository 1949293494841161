import ArgumentParser
import Foundation

/// Figures go to standard output, everything else to standard error.
enum Console {
  static func print(_ text: String) { write(text + "\n", to: .standardOutput) }
  static func note(_ text: String) { write(text + "\n", to: .standardError) }

  static func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = try encoder.encode(value)
    write(String(decoding: line, as: UTF8.self) + "\n", to: .standardOutput)
  }

  static func write(_ text: String, to handle: FileHandle) {
    // A closed pipe is the reader's choice, not an error of ours.
    try? handle.write(contentsOf: Data(text.utf8))
  }
}

/// Runs a command; what it throws becomes one message on standard error and exit code 1.
func reportingErrors(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as ExitCode {
    throw error
  } catch {
    Console.note("\(Program.current.name): \(error)")
    throw ExitCode.failure
  }
}
