import Testing
import Torch

@testable import Imaging

@Suite struct ImageInputTests {
  /// Red, green and blue rise to the right by 1, 2 and 3, and downwards by 10, 20 and 30 hundredths.
  private func ramp() throws -> Tensor {
    var values: [Float] = []
    for channel in 1...3 {
      for row in 0..<6 { for column in 0..<6 { values.append(Float(channel * (column + 10 * row)) / 1000) } }
    }
    return try Tensor(values, shape: [1, 3, 6, 6])
  }

  /// Sobel's kernels give 8 times the slope, minus as these look back; brightness weighs the slopes.
  @Test func sobelGivesTheSlopesOfTheBrightness() throws {
    let output = try ImageInput.sobel(ramp())
    #expect(output.shape == [1, 2, 6, 6])
    #expect(output.isChannelsLast)
    let inner = try output.sliced(1..<5, along: 2).sliced(1..<5, along: 3)
    let slope = Float(0.299 + 2 * 0.587 + 3 * 0.114) / 1000
    let horizontal = try inner.sliced(0..<1, along: 1).floats()
    let vertical = try inner.sliced(1..<2, along: 1).floats()
    #expect(largestDifference(horizontal, [Float](repeating: -8 * slope, count: 16)) < 1e-5)
    #expect(largestDifference(vertical, [Float](repeating: -80 * slope, count: 16)) < 1e-5)
  }

  @Test(arguments: ImageInput.allCases) func channelsAreWhatIsSaid(input: ImageInput) throws {
    for channels in [1, 3, 4] {
      let images = try RandomGenerator(seed: 1).uniform([2, channels, 8, 8])
      let output = try input(images)
      #expect(output.shape == [2, input.channels(of: channels), 8, 8])
    }
  }

  @Test func plainAndSobelIsBothInThatOrder() throws {
    let images = try ramp()
    let both = try ImageInput.plainAndSobel(images)
    #expect(try both.sliced(0..<3, along: 1).floats() == images.floats())
    #expect(try both.sliced(3..<5, along: 1).floats() == ImageInput.sobel(images).floats())
  }
}
