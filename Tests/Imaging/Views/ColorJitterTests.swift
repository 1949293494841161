import Testing
import Torch

@testable import Imaging

@Suite struct ColorJitterTests {
  private func colours(_ count: Int = 50) throws -> Tensor {
    // Away from 0 and 1, where clamping would hide what is tested.
    try RandomGenerator(seed: 3).uniform([count, 3, 4, 4], in: 0.4...0.6)
  }

  private func difference(_ one: Tensor, _ other: Tensor) throws -> Float {
    let difference = largestDifference(try one.floats(), try other.floats())
    try #require(difference.isFinite)
    return difference
  }

  @Test func saturationKeepsTheBrightness() throws {
    let images = try colours()
    let changed = try ColorJitter(saturation: 0.4)(images, generator: RandomGenerator(seed: 1))
    #expect(try difference(changed, images) > 0.01)
    #expect(try difference(brightness(changed), brightness(images)) < 1e-4)
  }

  /// The network that sees derivatives of the brightness alone is shown a change of hue, too.
  @Test func hueChangesTheBrightness() throws {
    let images = try colours()
    let changed = try ColorJitter(hue: 0.125)(images, generator: RandomGenerator(seed: 1))
    #expect(try difference(brightness(changed), brightness(images)) > 0.01)
    #expect(try difference(changed.max([1]), images.max([1])) < 1e-5)
    #expect(try difference(changed.min([1]), images.min([1])) < 1e-5)
    #expect(try difference(ImageInput.sobel(changed), ImageInput.sobel(images)) > 0.01)
  }

  @Test func greyStaysGrey() throws {
    let grey = try RandomGenerator(seed: 3).uniform([5, 1, 4, 4]).repeated([1, 3, 1, 1])
    let changed = try ColorJitter(saturation: 0.9, hue: 0.5)(grey, generator: RandomGenerator(seed: 1))
    #expect(try difference(changed, grey) < 2e-3)
  }

  @Test func huesTurnEveryWay() throws {
    let red = try Tensor([0.6, 0.45, 0.45] as [Float], shape: [1, 3, 1, 1]).repeated([400, 1, 1, 1])
    let turned = try ColorJitter(hue: 0.5)(red, generator: RandomGenerator(seed: 1)).floats()
    let largest: [Int] = (0..<400).map { item in
      let colour = Array(turned[(item * 3)..<(item * 3 + 3)])
      return colour.firstIndex(of: colour.max() ?? 0) ?? 0
    }
    for channel in 0..<3 {
      let share = largest.filter { $0 == channel }.count
      #expect(share > 90)
    }
  }

  @Test func itemsAreDrawnApart() throws {
    let one = try RandomGenerator(seed: 3).uniform([1, 3, 4, 4]).repeated([20, 1, 1, 1])
    let changed = try ColorJitter(jitter: 0.4, saturation: 0.4, hue: 0.1)(one, generator: RandomGenerator(seed: 1))
    let firsts = try changed.sliced(0..<1, along: 2).sliced(0..<1, along: 3).sliced(0..<1, along: 1).floats()
    // Some are clamped to 0 or 1.
    #expect(Set(firsts).count > 10)
  }
}
