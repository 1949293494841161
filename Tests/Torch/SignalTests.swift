import Foundation
import Testing
import Torch

@Suite struct SignalTests {
  @Test func windowsAreCutFromEachRow() throws {
    let x = try Tensor((0..<10).map(Float.init), shape: [2, 5])
    let windows = try x.wrappedWindows(from: Tensor([1, 2]), lengths: Tensor([5, 3]), count: 4)
    #expect(try windows.floats() == [1, 2, 3, 4, 7, 5, 6, 7])
  }

  @Test func windowsNeedAStartForEachRow() throws {
    let x = try Tensor.zeros([2, 5])
    #expect(throws: TorchError.self) { try x.wrappedWindows(from: Tensor([1]), lengths: Tensor([5]), count: 4) }
  }

  @Test func aCosineIsInItsBin() throws {
    // Three turns in each frame of 16: by the closed form (16 / 2)^2 in bin 3, 0 in the others.
    let wave = (0..<64).map { Float(cos(2 * Double.pi * 3 * Double($0) / 16)) }
    let power = try Tensor(wave, shape: [1, 64]).powerSpectrogram(window: .ones([16]), hop: 16)
    try #require(power.shape == [1, 9, 5])
    let values = try power.floats()
    for bin in 0..<9 {
      for frame in 1..<4 { #expect(abs(values[bin * 5 + frame] - (bin == 3 ? 64 : 0)) < 1e-3) }
    }
  }

  @Test func aSignalShorterThanHalfTheWindowIsRefused() throws {
    #expect(throws: TorchError.self) {
      try Tensor.zeros([1, 8]).powerSpectrogram(window: .ones([16]), hop: 4)
    }
  }
}
