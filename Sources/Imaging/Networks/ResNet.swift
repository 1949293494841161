import IICCore
import Torch

/// Residual networks (He et al., 2016) with torchvision's parameter names, `layer1.0.conv1.weight`, and initial weights,
/// which are those of the paper's residual network, too.
struct ResNet {
  /// How a network begins.
  enum Stem {
    /// 7x7 convolution of stride 2 and a 3x3 maximum of stride 2, for images of 200 pixels and more.
    case imageNet
    /// One 3x3 convolution and a 2x2 maximum, padded by 1: the paper's, for small images.
    case small
  }

  let stem: Stem
  /// Blocks in each of the four stages.
  let depths: [Int]
  /// Whether a block is three convolutions around a narrow middle, or two.
  let isBottleneck: Bool

  static let resNet18 = ResNet(stem: .imageNet, depths: [2, 2, 2, 2], isBottleneck: false)
  static let resNet34 = ResNet(stem: .imageNet, depths: [3, 4, 6, 3], isBottleneck: false)
  static let resNet50 = ResNet(stem: .imageNet, depths: [3, 4, 6, 3], isBottleneck: true)
  /// The network of the paper's STL10 and CIFAR experiments: ResNet-34's stages on a small stem.
  static let clusterNet5g = ResNet(stem: .small, depths: [3, 4, 6, 3], isBottleneck: false)

  /// Makes the layers for views `[n, channels, H, W]`.
  ///
  /// - Parameter isDense: whether the map of features is given, an eighth of a view's sides, in place of its mean. The last
  ///   two stages then have dilated convolutions in place of a stride, as torchvision's `replace_stride_with_dilation` with
  ///   false, true, true; the weights are the same.
  ///
  /// - Parameter stages: how many stages there are. With fewer than four, features are the places of the last one's map of
  ///   views of `size`, one after the other.
  func encoder(
    channels: Int, size: Int = 0, stages: Int = 4, isDense: Bool = false, generator: RandomGenerator
  ) throws(TorchError) -> FeatureEncoder {
    var layers: [(String, any Layer)] = []
    switch stem {
    case .imageNet:
      layers.append(
        (
          "conv1",
          try Conv2d(
            inputChannels: channels, outputChannels: 64, kernel: 7, stride: 2, padding: 3, fan: .output,
            generator: generator)
        ))
      layers.append(("bn1", try BatchNorm2d(channels: 64, activation: .relu)))
      layers.append(("maxpool", MaxPool2d(kernel: 3, stride: 2, padding: 1)))
    case .small:
      layers.append(
        (
          "conv1",
          try Conv2d(
            inputChannels: channels, outputChannels: 64, kernel: 3, padding: 1, fan: .output, generator: generator)
        ))
      layers.append(("bn1", try BatchNorm2d(channels: 64, activation: .relu)))
      layers.append(("maxpool", MaxPool2d(kernel: 2, padding: 1)))
    }
    var input = 64
    var dilation = 1
    for (place, depth) in depths.prefix(stages).enumerated() {
      let width = 64 << place
      let (isDilated, before) = (isDense && place > 1, dilation)
      if isDilated { dilation *= 2 }
      var blocks: [any Layer] = []
      for block in 0..<depth {
        blocks.append(
          try ResidualBlock(
            inputChannels: input, width: width, stride: place > 0 && block == 0 && !isDilated ? 2 : 1,
            dilation: block == 0 ? before : dilation, isBottleneck: isBottleneck, generator: generator))
        input = isBottleneck ? 4 * width : width
      }
      layers.append(("layer\(place + 1)", Sequential(blocks)))
    }
    if stages < depths.count {
      layers.append(("flatten", Flatten()))
      let side = side(of: size, stages: stages)
      return FeatureEncoder(layer: Sequential(named: layers), featureCount: input * side * side)
    }
    if !isDense { layers.append(("avgpool", GlobalAveragePool2d())) }
    return FeatureEncoder(layer: Sequential(named: layers), featureCount: input, isDense: isDense)
  }
}

extension ResNet {
  /// The side of the map after so many stages, of views of `size`.
  private func side(of size: Int, stages: Int) -> Int {
    var side =
      switch stem {
      case .imageNet: ((size + 1) / 2 + 1) / 2
      case .small: size / 2 + 1
      }
    for _ in 1..<max(2, stages) where stages > 1 { side = (side + 1) / 2 }
    return side
  }
}

/// Convolutions around which the input is carried, through a 1x1 convolution where the shape changes.
final class ResidualBlock: Layer {
  private let body: [(name: String, convolution: Conv2d, norm: BatchNorm2d)]
  private let downsample: Sequential?

  init(
    inputChannels: Int, width: Int, stride: Int, dilation: Int, isBottleneck: Bool, generator: RandomGenerator
  ) throws(TorchError) {
    let output = isBottleneck ? 4 * width : width
    // torchvision puts a bottleneck's stride on its 3x3 convolution.
    let shapes: [(input: Int, output: Int, kernel: Int, stride: Int)] =
      isBottleneck
      ? [(inputChannels, width, 1, 1), (width, width, 3, stride), (width, output, 1, 1)]
      : [(inputChannels, width, 3, stride), (width, width, 3, 1)]
    var body: [(name: String, convolution: Conv2d, norm: BatchNorm2d)] = []
    for (place, shape) in shapes.enumerated() {
      body.append(
        (
          String(place + 1),
          try Conv2d(
            inputChannels: shape.input, outputChannels: shape.output, kernel: shape.kernel, stride: shape.stride,
            padding: shape.kernel / 2 * dilation, dilation: shape.kernel > 1 ? dilation : 1, fan: .output,
            generator: generator),
          try BatchNorm2d(channels: shape.output, activation: .relu)
        ))
    }
    self.body = body
    guard stride != 1 || inputChannels != output else {
      downsample = nil
      return
    }
    downsample = Sequential([
      try Conv2d(
        inputChannels: inputChannels, outputChannels: output, kernel: 1, stride: stride, fan: .output,
        generator: generator),
      try BatchNorm2d(channels: output),
    ])
  }

  func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    let carried = try downsample?(input, pass) ?? input
    var output = input
    for (place, (_, convolution, norm)) in body.enumerated() {
      let isLast = place == body.count - 1
      output = try norm(convolution(output, pass), pass, adding: isLast ? carried : nil)
    }
    return output
  }

  var state: [NamedTensor] {
    body.flatMap { $0.convolution.state(under: "conv\($0.name)") + $0.norm.state(under: "bn\($0.name)") }
      + (downsample?.state(under: "downsample") ?? [])
  }
}
