import Testing
import Torch

@Suite struct SelectionTests {
  @Test func theLargestComeFirst() throws {
    let tensor = try Tensor([3, 1, 4, 1.5, -9, 2, 6, 5] as [Float], shape: [2, 4])
    let (values, indices) = try tensor.largest(3, along: 1)
    #expect(try values.floats() == [4, 3, 1.5, 6, 5, 2])
    #expect(try indices.integers() == [2, 0, 3, 2, 3, 1])
    #expect(try tensor.largest(1, along: 0).values.floats() == [3, 2, 6, 5])
    #expect(throws: TorchError.self) { try tensor.largest(5, along: 1) }
  }
}
