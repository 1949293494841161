import Synchronization
import Testing

@testable import IICCore

@Suite struct BackgroundWriterTests {
  struct Failure: Error {}

  @Test func writesHappenInOrderAndFinishWaits() throws {
    let writer = BackgroundWriter()
    let order = Mutex<[Int]>([])
    for number in 0..<20 { try writer.submit { order.withLock { $0.append(number) } } }
    try writer.finish()
    #expect(order.withLock { $0 } == Array(0..<20))
  }

  @Test func aFailureIsThrownAtTheNextCallAndOnce() throws {
    let writer = BackgroundWriter()
    try writer.submit { throw Failure() }
    #expect(throws: Failure.self) { try writer.finish() }
    try writer.finish()
  }
}
