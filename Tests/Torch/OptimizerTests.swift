import Foundation
import Testing

@testable import Torch

/// Steps of optimisers beside what they are by hand.
@Suite struct OptimizerTests {
  private func parameter(_ value: Double) throws -> Tensor {
    let tensor = try Tensor([Float(value)], shape: [1])
    try tensor.requireGradient()
    return tensor
  }

  /// Gives a parameter this gradient and takes a step.
  private func step(_ optimizer: Optimizer, _ gradients: [(Tensor, Double)]) throws {
    try optimizer.zeroGradients()
    for (tensor, gradient) in gradients { try (tensor * gradient).sum().backward() }
    try optimizer.step()
  }

  private func isNear(_ tensor: Tensor, _ value: Double, within tolerance: Double = 1e-6) throws -> Bool {
    try abs(tensor.item() - value) < tolerance
  }

  /// With gradients 1 and -0.5: m = 0.1, then 0.04, over 1 - 0.9^2; v = 0.001, then 0.001249, over 1 - 0.999^2.
  @Test func theSecondStepOfAdamRemembersTheFirst() throws {
    let x = try parameter(1)
    let optimizer = try Optimizer.adam([x], learningRate: 0.1)
    try step(optimizer, [(x, 1)])
    #expect(try isNear(x, 0.9))
    try step(optimizer, [(x, -0.5)])
    let second = 0.1 * (0.04 / 0.19) / (0.001249 / 0.001999).squareRoot()
    #expect(abs(second - 0.026634) < 1e-6)
    #expect(try isNear(x, 0.9 - second))
  }

  /// Without a gradient of the loss, a tenth of the weight is the gradient: its sign is the step's.
  @Test func weightDecayIsAddedToAdamsGradient() throws {
    for (gradient, value) in [(0.0, 2 - 0.1), (-0.1, 2 - 0.1), (-0.3, 2 + 0.1)] {
      let x = try parameter(2)
      try step(Optimizer.adam([x], learningRate: 0.1, weightDecay: 0.1), [(x, gradient)])
      #expect(try isNear(x, value), "\(gradient)")
    }
  }

  /// A loss that is flat leaves x (1 - rate decay)^n.
  @Test func weightDecayOfSGDIsGeometric() throws {
    let x = try parameter(2)
    let optimizer = try Optimizer.sgd([x], learningRate: 0.5, momentum: 0, weightDecay: 0.2)
    for n in 1...5 {
      try step(optimizer, [(x, 0)])
      #expect(try isNear(x, 2 * pow(0.9, Double(n))))
    }
  }

  /// Of a slope of 1 the n-th step has the length (1 - 0.9^n) / (1 - 0.9), with Nesterov's look ahead that of n + 1.
  @Test(arguments: [false, true]) func momentumAddsUp(nesterov: Bool) throws {
    let x = try parameter(0)
    let optimizer = try Optimizer.sgd([x], learningRate: 0.01, momentum: 0.9, nesterov: nesterov)
    var place = 0.0
    for n in 1...6 {
      place -= 0.01 * (1 - pow(0.9, Double(nesterov ? n + 1 : n))) / 0.1
      try step(optimizer, [(x, 1)])
      #expect(try isNear(x, place))
    }
  }

  @Test func theRateThatIsSetIsTheNextStepsRate() throws {
    let (x, y) = (try parameter(0), try parameter(0))
    let sgd = try Optimizer.sgd([x], learningRate: 1, momentum: 0)
    let adam = try Optimizer.adam([y], learningRate: 1)
    var sum = 0.0
    for rate in [0.5, 0.25, 2] {
      sgd.setLearningRate(rate)
      adam.setLearningRate(rate)
      try step(sgd, [(x, 1)])
      // Adam's steps along a constant slope have the length of the rate.
      try step(adam, [(y, 3)])
      sum += rate
      #expect(try isNear(x, -sum) && isNear(y, -sum, within: 1e-5))
    }
  }

  @Test func aGroupsRateIsItsFactorOfTheRate() throws {
    let tensors = try (0..<4).map { _ in try parameter(0) }
    let groups = [
      ParameterGroup([tensors[0]]), ParameterGroup([tensors[1], tensors[2]], rate: 3),
      ParameterGroup([tensors[3]], rate: 0.25),
    ]
    for optimizer in [
      try Optimizer.adam(groups, learningRate: 1), try Optimizer.sgd(groups, learningRate: 1, momentum: 0),
    ] {
      for tensor in tensors {
        try withoutGradients { () throws(TorchError) in try tensor.assign(Tensor.zeros([1])) }
      }
      for (rate, sum) in [(0.01, 0.01), (0.02, 0.03)] {
        optimizer.setLearningRate(rate)
        try step(optimizer, tensors.map { ($0, 1) })
        for (tensor, factor) in zip(tensors, [1, 3, 3, 0.25]) { #expect(try isNear(tensor, -sum * factor)) }
      }
      let numbers = try optimizer.state.map { String($0.name.prefix { $0 != "." }) }
      #expect(Set(numbers) == ["0", "1", "2", "3"] && numbers == numbers.sorted())
    }
  }

  @Test(arguments: Optimizer.Idle.allCases)
  func withoutAGradientAParameterRestsOrCoasts(idle: Optimizer.Idle) throws {
    let (x, other) = (try parameter(1), try parameter(0))
    let optimizer = try Optimizer.sgd([x, other], learningRate: 0.1, momentum: 0.9, idle: idle)
    try step(optimizer, [(x, 1)])
    #expect(try isNear(x, 0.9))
    for n in 1...4 {
      try step(optimizer, [(other, 1)])
      // The momentum 1 goes on as 0.9, 0.81, ...
      let rolled = (1 - pow(0.9, Double(n))) / 0.1 * 0.9
      #expect(try isNear(x, idle == .rest ? 0.9 : 0.9 - 0.1 * rolled))
    }
    #expect(try optimizer.state.first { $0.name == "0.step" }?.tensor.item() == (idle == .rest ? 1 : 5))
  }

  /// A number that is not finite among those that are watched leaves values, moments and counts as they are.
  @Test(arguments: [Double.nan, .infinity]) func aStepIsNotTakenBesideABadNumber(bad: Double) throws {
    for isAdam in [true, false] {
      let (x, other) = (try parameter(1), try parameter(2))
      let optimizer =
        isAdam
        ? try Optimizer.adam([x, other], learningRate: 0.1) : try Optimizer.sgd([x, other], learningRate: 0.1)
      func values() throws -> [Double] { try ([x, other] + optimizer.state.map(\.tensor)).map { try $0.item() } }
      try step(optimizer, [(x, 1), (other, -1)])
      let before = try values()
      let good = try Tensor([3, 4] as [Float], shape: [2])
      try optimizer.step(watching: Tensor.concatenated([good, good * bad]))
      #expect(try values() == before)
      try optimizer.step(watching: good)
      #expect(try zip(values(), before).allSatisfy { $0 != $1 })
    }
  }

  /// What has never had a gradient is left alone, by weight decay too.
  @Test func coastingBeginsWithTheFirstGradient() throws {
    let (x, other) = (try parameter(1), try parameter(1))
    let optimizer = try Optimizer.adam([x, other], learningRate: 0.1, weightDecay: 0.1, idle: .coast)
    for _ in 0..<3 { try step(optimizer, [(other, 1)]) }
    #expect(try x.item() == 1)
    #expect(try optimizer.state.filter { $0.name.hasPrefix("0.") }.allSatisfy { try $0.tensor.item() == 0 })
    try step(optimizer, [(x, 1)])
    #expect(try isNear(x, 0.9))
  }

  /// Turns of a few steps each, as two heads take them, beside Adam in double precision.
  @Test(arguments: Optimizer.Idle.allCases, [0, 0.05])
  func turnsAreThoseOfAdamByHand(idle: Optimizer.Idle, decay: Double) throws {
    let tensors = try [0.7, -0.4].map(parameter)
    let groups = [ParameterGroup([tensors[0]], rate: 2), ParameterGroup([tensors[1]])]
    let optimizer = try Optimizer.adam(groups, learningRate: 0.01, weightDecay: decay, idle: idle)
    var hands = [HandwrittenAdam(value: 0.7), HandwrittenAdam(value: -0.4)]
    for number in 0..<60 {
      let turn = number / 7 % 2
      let gradient = cos(Double(number)) + 0.3
      try step(optimizer, [(tensors[turn], gradient)])
      for head in 0..<2 {
        let isIdle = head != turn
        if isIdle && (idle == .rest || hands[head].count == 0) { continue }
        hands[head].step(isIdle ? 0 : gradient, rate: head == 0 ? 0.02 : 0.01, decay: decay)
      }
      for head in 0..<2 {
        #expect(try isNear(tensors[head], hands[head].value, within: 1e-5), "step \(number), head \(head)")
      }
    }
  }

  /// In STL10's turns, 807 steps of the auxiliary head and 93 of the main one, a slope of 1 moves the main head by 3.9
  /// times the rate when its turn begins and 2.6 times when it ends: a geometric series of second moments.
  @Test func idleStepsMakeTheNextTurnsStepsLarger() throws {
    let (own, others) = (93, 807)
    let x = try parameter(0)
    let other = try parameter(0)
    let optimizer = try Optimizer.adam([x, other], learningRate: 1e-4, idle: .coast)
    let start = pow(0.999, Double(others)) * (1 - pow(0.999, Double(own))) / (1 - pow(0.999, Double(own + others)))
    let end = start / pow(0.999, Double(others))
    #expect(abs(1 / start.squareRoot() - 3.9) < 0.05 && abs(1 / end.squareRoot() - 2.6) < 0.05)
    for _ in 0..<10 {
      for _ in 0..<own { try step(optimizer, [(x, 1)]) }
      for _ in 0..<others { try step(optimizer, [(other, 1)]) }
    }
    let before = try x.item()
    let moment = try #require(try optimizer.state.first { $0.name == "0.exp_avg_sq" }?.tensor.item())
    #expect(abs(moment / start - 1) < 1e-3)
    for _ in 0..<own { try step(optimizer, [(x, 1)]) }
    let mean = try (before - x.item()) / Double(own) / 1e-4
    #expect((2.6...3.9).contains(mean))
    let after = try #require(try optimizer.state.first { $0.name == "0.exp_avg_sq" }?.tensor.item())
    #expect(abs(after / end - 1) < 1e-3)
  }
}

/// Adam of one number, from the paper's algorithm 1.
private struct HandwrittenAdam {
  var value: Double
  var first = 0.0
  var second = 0.0
  var count = 0

  mutating func step(_ gradient: Double, rate: Double, decay: Double) {
    let gradient = gradient + decay * value
    count += 1
    first = 0.9 * first + 0.1 * gradient
    second = 0.999 * second + 0.001 * gradient * gradient
    let mean = first / (1 - pow(0.9, Double(count)))
    let square = second / (1 - pow(0.999, Double(count)))
    value -= rate * mean / (square.squareRoot() + 1e-8)
  }
}
