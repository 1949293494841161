import Foundation
import Synchronization

/// SIGINT, SIGTERM and SIGHUP as a wish to stop: the first one is noted, a second one ends the process at once.
enum StopSignals {
  // A signal handler can be given nothing, so what it writes is global.
  private static let received = Atomic<Int32>(0)

  /// Notes the signals from now on.
  static func watch() {
    // Under `nohup` the end of a terminal is no wish.
    let before = signal(SIGHUP, SIG_IGN)
    let isHangupIgnored = unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    for number in [SIGINT, SIGTERM] + (isHangupIgnored ? [] : [SIGHUP]) {
      signal(number) { number in
        StopSignals.received.store(number, ordering: .relaxed)
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        signal(SIGHUP, SIG_DFL)
      }
    }
  }

  /// Whether one has come.
  static var wantsStop: Bool { received.load(ordering: .relaxed) != 0 }

  /// The exit status for the signal that came: 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP.
  static var exitStatus: Int32 { 128 + received.load(ordering: .relaxed) }
}
