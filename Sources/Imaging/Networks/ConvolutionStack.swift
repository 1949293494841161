import IICCore
import Torch

/// Convolutions, each with batch normalisation and ReLU, halved in size after all but the last.
struct ConvolutionStack {
  let widths, kernels: [Int]

  /// Four convolutions of 32 to 256 channels: made for minutes on a few cores.
  static let compact = ConvolutionStack(widths: [32, 64, 128, 256], kernels: [5, 3, 3, 3])
  /// The network of the paper's MNIST experiments: four 5x5 convolutions of 64 to 512 channels.
  static let clusterNet6c = ConvolutionStack(widths: [64, 128, 256, 512], kernels: [5, 5, 5, 5])

  /// Makes the layers for views `[n, channels, size, size]`; all that is left of the map is a feature.
  func encoder(channels: Int, size: Int, generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    var layers: [any Layer] = []
    var input = channels
    var side = size
    for (place, (width, kernel)) in zip(widths, kernels).enumerated() {
      layers.append(
        try Conv2d(
          inputChannels: input, outputChannels: width, kernel: kernel, padding: kernel / 2, generator: generator))
      layers.append(try BatchNorm2d(channels: width))
      if place < widths.count - 1 {
        // ReLU after the maximum equals ReLU before it, on a quarter of the values.
        layers.append(MaxPool2d(kernel: 2))
        side /= 2
      }
      layers.append(ReLU())
      input = width
    }
    layers.append(Flatten())
    return FeatureEncoder(layer: Sequential(layers), featureCount: input * side * side)
  }
}
