import Testing

@testable import Torch

@Suite struct GradientTests {
  @Test func gradientOfASquareIsTwiceTheValue() throws {
    let x = try Tensor([1, -2, 3] as [Float], shape: [3])
    try x.requireGradient()
    #expect(try x.gradient == nil)
    try (x * x).sum().backward()
    #expect(try x.gradient?.floats() == [2, -4, 6])
  }

  @Test func nothingIsRecordedWithoutGradients() throws {
    let x = try Tensor.ones([2])
    try x.requireGradient()
    let inside = try withoutGradients { () throws(TorchError) in try x * 2 }
    #expect(!inside.requiresGradient)
    #expect(try (x * 2).requiresGradient)
    #expect(throws: TorchError.self) { try inside.sum().backward() }
  }

  /// One step of Adam moves each parameter by the learning rate against the sign of its gradient.
  @Test func firstAdamStepHasTheLengthOfTheLearningRate() throws {
    let x = try Tensor([5, -5] as [Float], shape: [2])
    try x.requireGradient()
    let optimizer = try Optimizer.adam([x], learningRate: 0.1)
    try (x * x).sum().backward()
    try optimizer.step()
    let moved = try x.floats()
    #expect(abs(moved[0] - 4.9) < 1e-5 && abs(moved[1] + 4.9) < 1e-5)
    try optimizer.zeroGradients()
    optimizer.setLearningRate(0)
    try (x * x).sum().backward()
    try optimizer.step()
    #expect(try x.floats() == moved)
  }

  @Test func sgdFollowsTheGradient() throws {
    let x = try Tensor([2] as [Float], shape: [1])
    try x.requireGradient()
    let optimizer = try Optimizer.sgd([x], learningRate: 0.25, momentum: 0)
    try (x * x).sum().backward()
    try optimizer.step()
    #expect(try x.floats() == [1])
  }

  /// The derivative of the square root is infinite at 0, where the root itself is 0.
  @Test func aGradientThatIsNotFiniteIsFound() throws {
    let values: [[Float]] = [[1, 2], [4, 0], [0, 9], [3, 1]]
    let parameters = try values.map { try Tensor($0, shape: [2]) }
    for parameter in parameters { try parameter.requireGradient() }
    let optimizer = try Optimizer.sgd(parameters, learningRate: 0.1)
    func firstBad() throws -> Int? { try optimizer.gradientSizes().floats().firstIndex { !$0.isFinite } }
    #expect(try firstBad() == nil)
    try (parameters[0] * 1e20 * 1e18).sum().backward()
    #expect(try parameters[0].gradient?.floats() == [1e38, 1e38])
    // Their sum, and their squares, exceed float32.
    #expect(try firstBad() == nil)
    try parameters[2].sqrt().sum().backward()
    #expect(try parameters[2].gradient?.floats() == [.infinity, 1 / 6])
    #expect(try firstBad() == 2)
    try (parameters[1] * 0).sqrt().sum().backward()
    #expect(try parameters[1].gradient?.floats().allSatisfy(\.isNaN) == true)
    #expect(try firstBad() == 1)
    try optimizer.zeroGradients()
    #expect(try firstBad() == nil)
  }
}
