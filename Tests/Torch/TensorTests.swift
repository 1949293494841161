import Testing

@testable import Torch

@Suite struct TensorTests {
  @Test func keepsValuesAndShape() throws {
    let tensor = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(tensor.shape == [2, 3])
    #expect(try tensor.floats() == [1, 2, 3, 4, 5, 6])
    #expect(try tensor.permuted([1, 0]).floats() == [1, 4, 2, 5, 3, 6])
    #expect(try tensor.sum([0]).floats() == [5, 7, 9])
    #expect(try tensor.argmax(along: 1).integers() == [2, 2])
    #expect(try tensor.sliced(1..<2).floats() == [4, 5, 6])
  }

  @Test func arithmeticBroadcasts() throws {
    let rows = try Tensor([1, 2] as [Float], shape: [2, 1])
    let columns = try Tensor([10, 20, 30] as [Float], shape: [1, 3])
    #expect(try (rows + columns).floats() == [11, 21, 31, 12, 22, 32])
    #expect(try (columns / 10 - rows * 2).floats() == [-1, 0, 1, -3, -2, -1])
  }

  @Test func channelsLastKeepsValues() throws {
    let values = (0..<24).map(Float.init)
    let tensor = try Tensor(values, shape: [1, 2, 3, 4])
    let last = try tensor.channelsLast()
    #expect(last.isChannelsLast)
    #expect(!tensor.isChannelsLast)
    #expect(try last.floats() == values)
    #expect(try last.float32Bytes() == tensor.float32Bytes())
  }

  @Test func refusalNamesTheOperationAndTheShapes() throws {
    let left = try Tensor.zeros([2, 3])
    let right = try Tensor.zeros([2, 3])
    let error = #expect(throws: TorchError.self) { try left.matmul(right) }
    #expect(error?.operation == "matmul")
    #expect(error?.message.contains("2x3") == true)
    #expect(error?.message.contains("frame #") == false)
  }

  @Test func wrongCountsAndIndicesAreErrors() throws {
    #expect(throws: TorchError.self) { try Tensor([1, 2, 3] as [Float], shape: [2, 2]) }
    #expect(throws: TorchError.self) { try Tensor.zeros([4]).sliced(2..<9) }
    #expect(throws: TorchError.self) { try Tensor.zeros([4]).selecting(Tensor([7])) }
    #expect(throws: TorchError.self) { try Tensor.zeros([2, 2]).item() }
    #expect(throws: TorchError.self) { try Tensor.zeros([4]).transposed() }
    #expect(throws: TorchError.self) { try Tensor.zeros([1, 1, 4, 4]).conv2d(weight: Tensor.zeros([1, 2, 3, 3])) }
    #expect(throws: TorchError.self) { try Tensor.zeros([3]).assign(Tensor.zeros([4])) }
    #expect(throws: TorchError.self) { try Tensor.concatenated([]) }
  }

  @Test func reshapingBackAndForthIsTheIdentity() throws {
    let tensor = try Tensor((0..<12).map(Float.init), shape: [3, 4])
    #expect(try tensor.reshaped([2, -1]).reshaped([3, 4]).floats() == tensor.floats())
    #expect(try Tensor.stacked([tensor, tensor], along: 1).shape == [3, 2, 4])
    #expect(try tensor.repeated([2, 1]).shape == [6, 4])
  }
}
