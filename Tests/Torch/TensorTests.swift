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

  @Test func wholeNumbersStayWhole() throws {
    // float32 has no 16,777,217.
    let tensor = try Tensor([16_777_217, -3])
    for (result, expected) in [
      (try tensor * 2, [33_554_434, -6]), (try tensor + 2, [16_777_219, -1]), (try tensor - 1, [16_777_216, -4]),
      (try tensor.clamped(to: -2.5...20_000_000.5), [16_777_217, -2]),
      (try tensor.clamped(min: 0), [16_777_217, 0]),
    ] {
      #expect(try result.dtype == .int64)
      #expect(try result.integers() == expected)
    }
    #expect(try (tensor < 16_777_216.5).to(.int64).integers() == [0, 1])
    #expect(try (tensor.to(.int32) < 16_777_218).to(.int64).integers() == [1, 1])
    let bytes = try Tensor([1, 200]).to(.uint8)
    #expect(try (bytes < 300).to(.int64).integers() == [1, 1])
    #expect(try (bytes < -0.5).to(.int64).integers() == [0, 0])
    #expect(try (bytes + 55).integers() == [56, 255])
    #expect(try (tensor.to(.float32) * 0.5).floats() == [8_388_608, -1.5])
  }

  @Test func numbersThatWholeNumbersCannotTakeAreRefused() throws {
    let whole = try Tensor([1, 2])
    let refused: [(String, () throws -> Tensor)] = [
      ("Long and the number 0.5", { try whole * 0.5 }), ("Long to be divided", { try whole / 2 }),
      ("Long and the number nan", { try whole + Double.nan }),
      ("Byte, which cannot hold the number 300", { try whole.to(.uint8) + 300 }),
      ("Short, which cannot hold the number -32769", { try whole.to(.int16) - -32_769 }),
      ("Bool and a number", { try (whole < 2) * 1 }),
    ]
    for (message, body) in refused {
      let error = #expect(throws: TorchError.self) { try body() }
      #expect(error?.message.contains("found elements of type \(message)") == true, "\(error?.message ?? "")")
    }
  }

  @Test func indicesThatAreNoneAreNamed() throws {
    let tensor = try Tensor.zeros([4, 3])
    let refused: [(String, () throws -> Tensor)] = [
      (
        "sliced: found the range 2..<9 along dimension 0 of shape [4, 3]; expected one within 0..<4",
        { try tensor.sliced(2..<9) }
      ),
      ("sliced: found dimension 2; shape [4, 3] has the dimensions 0 to 1", { try tensor.sliced(0..<1, along: 2) }),
      (
        "selecting: found the index 3, the one at place 1 of 2, along dimension 1 of shape [4, 3]; expected 0 to 2",
        { try tensor.selecting(Tensor([0, 3]), along: 1) }
      ),
      (
        "selecting: found the index -1, the one at place 0 of 1, along dimension 0 of shape [4, 3]; expected 0 to 3",
        { try tensor.selecting(Tensor([-1])) }
      ),
      ("argmax: found dimension -3; shape [4, 3] has the dimensions 0 to 1", { try tensor.argmax(along: -3) }),
      (
        "largest: found k 5 along dimension 0 of shape [4, 3]; expected 0 to 4",
        { try tensor.largest(5, along: 0).values }
      ),
      (
        "embedding: found the index 4, the one at place 2 of 3, in a table of shape [4, 3]; expected 0 to 3",
        { try tensor.embedding(of: Tensor([0, 1, 4]), padding: 0) }
      ),
    ]
    for (message, body) in refused {
      let error = #expect(throws: TorchError.self) { try body() }
      #expect(error?.description == message)
    }
    #expect(try tensor.sliced(1..<3, along: -1).shape == [4, 2])
  }
}
