import Testing

@testable import Torch

/// Where tensors are: names, what is said of devices that are not there, and moving, as far as it can be seen on the CPU.
@Suite struct DeviceTests {
  @Test(arguments: [("cpu", Device.cpu), ("cuda", .cuda(0)), ("cuda:0", .cuda(0)), ("cuda:7", .cuda(7))])
  func namesAreRead(name: String, device: Device) {
    #expect(Device(name) == device)
    #expect(Device(device.description) == device)
  }

  @Test(arguments: [
    "", "gpu", "CUDA", "cuda:", "cuda:-1", "cuda:+1", "cuda:01", "cuda:x", "cuda:1:2", "cuda:128", "cpu:0",
  ])
  func otherNamesAreNone(name: String) { #expect(Device(name) == nil) }

  @Test func aMissingDeviceIsNamedWithThoseThatAreThere() throws {
    let error = #expect(throws: TorchError.self) { try Device.cuda(99).prepare() }
    let message = try #require(error).message
    #expect(message.hasPrefix("found \"cuda:99\"; expected cpu"))
    if Device.cudaCount == 0 {
      #expect(message.hasPrefix("found \"cuda:99\"; expected cpu: "))
      #expect(!Device.cuda(0).isAvailable)
    } else {
      #expect(message.contains("cuda:0"))
    }
    #expect(Device.cpu.isAvailable)
    try Device.cpu.prepare()
    try Device.cpu.synchronize()
    #expect(throws: TorchError.self) { try Device.cpu.peakMemory() }
  }

  @Test func movingKeepsValuesNamesAndGradients() throws {
    let layer = try Linear(inputFeatures: 3, outputFeatures: 2, generator: RandomGenerator(seed: 1))
    let norm = try BatchNorm2d(channels: 2)
    let network = Sequential([layer, norm])
    let before = try network.state.map { try $0.tensor.doubles() }
    let held = layer.weight
    try network.move(to: .cpu)
    #expect(try network.state.map { try $0.tensor.doubles() } == before)
    #expect(held === layer.weight)
    #expect(network.parameters.allSatisfy { $0.requiresGradient })
    #expect(network.state.filter { !$0.isParameter }.allSatisfy { !$0.tensor.requiresGradient })
    #expect(network.state.allSatisfy { $0.tensor.device == .cpu })
  }

  @Test func whatIsReadBackIsWhatWasThere() throws {
    let values = try Tensor([1, 2, 3] as [Float], shape: [3])
    try values.requireGradient()
    let doubled = try values * 2
    let back = try Readback([values, doubled]).tensors()
    #expect(try back.map { try $0.floats() } == [[1, 2, 3], [2, 4, 6]])
    #expect(back.allSatisfy { !$0.requiresGradient && $0.device == .cpu })
    #expect(try Readback([]).tensors().isEmpty)
  }

  /// Without weights it is the same, bit for bit, as with 1 and 0.
  @Test(arguments: [[33, 20], [5, 3, 7, 9]], [true, false])
  func aNormWithoutWeightsHasOnesAndZeros(shape: [Int], isTraining: Bool) throws {
    let input = try RandomGenerator(seed: 2).normal(shape) * 3 + 5
    let channels = shape[1]
    var found: [[Double]] = []
    for isWeighted in [false, true] {
      let (mean, variance) = (try Tensor.zeros([channels]), try Tensor.ones([channels]))
      let output = try input.batchNorm(
        weight: isWeighted ? .ones([channels]) : nil, bias: isWeighted ? .zeros([channels]) : nil,
        runningMean: mean,
        runningVariance: variance, training: isTraining, momentum: 0.1, epsilon: 1e-5)
      found.append(try output.doubles() + mean.doubles() + variance.doubles())
    }
    #expect(found[0] == found[1])
  }
}
