import Files
import Foundation
import Testing
import TestSupport

@testable import IICCore

@Suite struct RunLockTests {
  /// A lock that is refused closes its file once. A second time would close what another thread has opened since.
  @Test func aRefusedLockClosesNothingOfOthers() async throws {
    let folder = try TemporaryFolder()
    let place = try RunFolder.create(at: folder.path("run"))
    let held = try RunLock(place)
    async let lost = Task.detached {
      var lost = 0
      for _ in 0..<20_000 {
        let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        if fcntl(descriptor, F_GETFD) < 0 { lost += 1 } else if close(descriptor) != 0 { lost += 1 }
      }
      return lost
    }.value
    for _ in 0..<2000 {
      let error = #expect(throws: UserError.self) { _ = try RunLock(place) }
      #expect(error?.description.contains("another process is training") == true)
    }
    #expect(await lost == 0)
    withExtendedLifetime(held) {}
  }
}
