import Dispatch
import Synchronization
import Testing

@testable import IICCore

@Suite struct BackgroundWriterTests {
  struct Failure: Error {}

  @Test func everythingIsWrittenInOrderAndFinishWaits() throws {
    let order = Mutex<[Int]>([])
    let writer = BackgroundWriter<[Int]> { older, newer in
      older + newer
    } write: { work in
      order.withLock { $0 += work }
    }
    for number in 0..<20 { try writer.submit([number]) }
    try writer.finish()
    #expect(order.withLock { $0 } == Array(0..<20))
  }

  @Test func whatComesWhileOneIsWrittenIsJoinedWithoutWaiting() throws {
    let (begun, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let written = Mutex<[[Int]]>([])
    let writer = BackgroundWriter<[Int]> { older, newer in
      older + newer
    } write: { work in
      begun.signal()
      gate.wait()
      written.withLock { $0.append(work) }
    }
    try writer.submit([0])
    begun.wait()
    for number in 1..<5 { try writer.submit([number]) }
    for _ in 0..<2 { gate.signal() }
    try writer.finish()
    #expect(written.withLock { $0 } == [[0], [1, 2, 3, 4]])
  }

  @Test func afterAFailureNothingIsWrittenAndEveryCallThrowsIt() throws {
    let (begun, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let written = Mutex<[Int]>([])
    let writer = BackgroundWriter<Int> { _, newer in
      newer
    } write: { work in
      guard work > 0 else {
        begun.signal()
        gate.wait()
        throw Failure()
      }
      written.withLock { $0.append(work) }
    }
    try writer.submit(0)
    begun.wait()
    // This one waits while the other fails.
    try writer.submit(1)
    gate.signal()
    #expect(throws: Failure.self) { try writer.finish() }
    for number in 2..<4 {
      #expect(throws: Failure.self) { try writer.submit(number) }
      #expect(throws: Failure.self) { try writer.finish() }
    }
    #expect(written.withLock { $0 }.isEmpty)
  }
}
