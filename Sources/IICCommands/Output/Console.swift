import ArgumentParser
import Foundation
import Synchronization

/// Figures go to standard output, everything else to standard error.
enum Console {
  /// What went wrong with standard output; 0 if nothing did.
  private static let failure = Atomic<Int32>(0)

  /// Prepares the standard streams, before anything is opened or written.
  ///
  /// One that was closed leads to /dev/null, for else the next file that is opened, of a run maybe, would take its place.
  /// A pipe whose reader has gone is an error of the write, not the end of the process: a run must not be lost by
  /// `| head`.
  static func prepare() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
      // Takes the lowest number that is free.
      _ = open("/dev/null", O_RDWR)
    }
    signal(SIGPIPE, SIG_IGN)
  }

  static func print(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }
  static func note(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  static func warn(_ warnings: [String]) { for warning in warnings { note("iic: warning: \(warning)") } }

  static func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = try encoder.encode(value)
    write(String(decoding: line, as: UTF8.self) + "\n", to: STDOUT_FILENO)
  }

  /// Whether what is printed still arrives.
  static var isOpen: Bool { failure.load(ordering: .relaxed) == 0 }

  /// Throws if something printed did not arrive. A closed pipe is the reader's choice, not an error.
  static func checkOutput() throws(OutputFailure) {
    let code = failure.load(ordering: .relaxed)
    guard code == 0 || code == EPIPE else { throw OutputFailure(code: code) }
  }

  /// Figures could not be printed.
  struct OutputFailure: Error, CustomStringConvertible {
    let code: Int32
    var description: String { "standard output: cannot be written: \(String(cString: strerror(code)))" }
  }

  /// Writes all of a text, as far as the stream takes it.
  static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno == EAGAIN {
        // Who reads made the stream one that does not wait; this waits for it all the same.
        var stream = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&stream, 1, -1)
      } else if errno != EINTR {
        if descriptor == STDOUT_FILENO { failure.store(errno, ordering: .relaxed) }
        return
      }
    }
  }
}

/// Runs a command; what it throws becomes one message on standard error and exit code 1.
func reportingErrors(_ body: () throws -> Void) throws {
  do {
    try body()
    try Console.checkOutput()
  } catch let error as ExitCode {
    throw error
  } catch {
    Console.note("\(Program.current.name): \(error)")
    throw ExitCode.failure
  }
}
