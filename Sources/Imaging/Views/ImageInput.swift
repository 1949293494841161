public import Torch

/// What of an image the network is shown, computed after the augmentation.
public enum ImageInput: String, CaseIterable, Sendable {
  /// The channels as they are.
  case plain
  /// One channel of brightness.
  case grey
  /// The horizontal and the vertical derivative of the brightness: 2 channels without the colours, by which
  /// images are too easily told apart.
  case sobel
  /// The channels as they are, then the two derivatives.
  case plainAndSobel = "plain+sobel"

  /// The number of channels that images of `channels` channels become.
  public func channels(of channels: Int) -> Int {
    switch self {
    case .plain: channels
    case .grey: 1
    case .sobel: 2
    case .plainAndSobel: channels + 2
    }
  }

  /// Images `[n, C, H, W]` to what the network is shown, `[n, C', H, W]`, channels last in memory. Beyond the rim are zeros,
  /// or the rim once more where `repeatsRim`: derivatives then do not say where an image ends.
  public func callAsFunction(_ images: Tensor, repeatsRim: Bool = false) throws(TorchError) -> Tensor {
    switch self {
    case .plain: try images.channelsLast()
    case .grey: try brightness(images).channelsLast()
    case .sobel: try derivatives(images, repeatsRim).channelsLast()
    case .plainAndSobel:
      try Tensor.concatenated([images, derivatives(images, repeatsRim)], along: 1).channelsLast()
    }
  }

  private func derivatives(_ images: Tensor, _ repeatsRim: Bool) throws(TorchError) -> Tensor {
    let horizontal: [Float] = [1, 0, -1, 2, 0, -2, 1, 0, -1]
    let vertical: [Float] = [1, 2, 1, 0, 0, 0, -1, -2, -1]
    let kernels = try Tensor(horizontal + vertical, shape: [2, 1, 3, 3]).to(images.device)
    let levels = try brightness(images)
    guard repeatsRim else { return try levels.channelsLast().conv2d(weight: kernels, padding: 1) }
    return try levels.replicationPadded(1).channelsLast().conv2d(weight: kernels)
  }
}

/// The brightness of images `[n, C, H, W]` as `[n, 1, H, W]`: ITU-R BT.601 weights for red, green and blue, the
/// mean of the channels otherwise.
func brightness(_ images: Tensor) throws(TorchError) -> Tensor {
  let channels = images.shape.count > 1 ? images.shape[1] : 0
  guard channels != 1 else { return images }
  let weights: [Float] =
    channels == 3 ? [0.299, 0.587, 0.114] : Array(repeating: 1 / Float(max(channels, 1)), count: channels)
  return try images.conv2d(weight: Tensor(weights, shape: [1, channels, 1, 1]).to(images.device))
}
