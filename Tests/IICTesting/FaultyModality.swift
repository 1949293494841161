import Files
import Foundation
import IICCore
import Manifest
import Torch

/// A modality that does one thing wrong, as its manifest's `data.fault` says.
struct FaultyModality: Modality {
  enum Fault: String, CaseIterable {
    case none, hiddenKey, looseSection, repeatedID, oddLabel, undecodedNumber
    case changingData, nanView, lostRow, unseededView, unseededWeights, fixedViews, sharedDraw
    case batchDependence, loneItemNan, wrongFeatureCount, unusedParameter, cutGradient, nanWeight, brokenEncoder
    case acceptsEmpty, vagueMessage, forgottenOption, forgottenDigits, idleOption, unreadOption, flatFeatures
  }
  enum Kind: String, CaseIterable { case exact, rounded }
  enum Encoder: String, CaseIterable { case small, other }

  static let name = "faulty"
  let fault: Fault
  let items: Int
  let corrupt: Int?
  let scale: Double
  /// The digits that values are rounded to.
  let digits: Int?
  let encoder: Encoder

  init(from root: SectionReader) throws(ManifestError) {
    let data = try root.section("data", "the data") { section throws(ManifestError) in
      // A text, since the keys of every choice are described.
      let name = try section("fault", .string, default: "none", "what is wrong")
      guard let fault = Fault(rawValue: name) else { throw section.error("fault", "found \(name)") }
      let items = try section("items", .integer(in: 0...100), default: 12, "items")
      let corrupt = try section("corrupt", .integer(in: 0...100), default: nil, "the item that is damaged")
      if fault == .hiddenKey { _ = try section("hidden", .integer, default: 1, "not seen") }
      if fault == .looseSection, section.contains("unheardOf") {
        _ = try section("unheardOf", .integer, "anything")
      }
      let scale = try section("scale", .number(in: 0.1...10), default: 1, "what values are multiplied by")
      if fault == .idleOption { _ = try section("idle", .integer, default: 1, "changes nothing") }
      let kind = try section("kind", .choice, default: Kind.exact, "whether values are rounded")
      let digits: Int? =
        kind == .exact ? nil : try section("digits", .integer(in: 0...3), default: 1, "digits behind the point")
      return (fault, items, corrupt, scale, digits)
    }
    (fault, items, corrupt, scale, digits) = data
    encoder = try root.section("encoder", "the network") { section throws(ManifestError) in
      try section("name", .choice, default: .small, "the network")
    }
  }

  func dataset(cache: SampleCache) throws -> Dataset {
    let version = fault == .changingData ? UUID().uuidString : ""
    if fault == .unreadOption, digits != nil { throw UserError("cannot round") }
    var decoding = "faulty \(fault) \(items) \(corrupt ?? -1) \(version)"
    if fault != .forgottenOption { decoding += " \(scale)" }
    if let digits { decoding += fault == .forgottenDigits ? " rounded" : " rounded to \(digits)" }
    return try cache.dataset(sources: [], decoding: decoding, contentHash: "points") { writer in
      if fault == .acceptsEmpty, items == 0 {
        try writer.append([UInt8](repeating: 0, count: 16))
        return DatasetDescription(shape: [4], element: .float32, ids: ["made up"])
      }
      let shift = fault == .changingData ? Float.random(in: 1...2) : 0
      for item in 0..<items {
        if item == corrupt { throw UserError(fault == .vagueMessage ? "bad data" : "item-\(item): damaged") }
        let bad = fault == .undecodedNumber && item == 3
        let values = (0..<4).map { place in
          bad ? Float.nan : rounded((Float(item % 3) + Float(item * 4 + place) * 0.05) * Float(scale)) + shift
        }
        try writer.append(values.withUnsafeBytes { [UInt8]($0) })
      }
      let labels = (0..<items).map { fault == .oddLabel && $0 == 5 ? 3 : $0 % 3 }
      let ids = (0..<items).map { "item-\(fault == .repeatedID && $0 == 1 ? 0 : $0)" }
      return DatasetDescription(shape: [4], element: .float32, ids: ids, labels: labels)
    }
  }

  private func rounded(_ value: Float) -> Float {
    guard let digits else { return value }
    let unit = (0..<digits).reduce(Float(1)) { unit, _ in unit * 10 }
    return (value * unit).rounded() / unit
  }

  func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    let random =
      switch fault {
      case .unseededView: RandomStream(seed: .random(in: 0...Int.max))
      case .fixedViews: RandomStream(seed: 0)
      default: random
      }
    return View(try samples + random.generator().normal(samples.shape) * 0.1)
  }

  func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    if fault == .fixedViews { return try baseView(of: samples, random: random) }
    let shape = fault == .sharedDraw ? [1, 4] : samples.shape
    let noise = try random.generator().normal(shape) * 0.2
    let view = try samples + noise
    if fault == .lostRow { return View(try view.sliced(1..<view.shape[0])) }
    return View(fault == .nanView ? try view * .nan : view)
  }

  func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] { [View(samples)] }

  func encoder(sampleShape: [Int], generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    if fault == .brokenEncoder, encoder == .other {
      throw TorchError(operation: "encoder", message: "not written yet")
    }
    let generator = fault == .unseededWeights ? try RandomGenerator(seed: .random(in: 0...UInt64.max)) : generator
    return FeatureEncoder(
      layer: try FaultyLayer(fault, generator), featureCount: fault == .wrongFeatureCount ? 15 : 16)
  }
}

private final class FaultyLayer: Layer {
  let fault: FaultyModality.Fault
  let first, unused: Linear

  init(_ fault: FaultyModality.Fault, _ generator: RandomGenerator) throws(TorchError) {
    self.fault = fault
    first = try Linear(inputFeatures: 4, outputFeatures: 16, deviation: 0.5, generator: generator)
    unused = try Linear(inputFeatures: 4, outputFeatures: 16, deviation: 0.5, generator: generator)
  }

  func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    var output = try first(input, pass).relu()
    if fault == .batchDependence { output = try output - output.mean([0], keepingDimensions: true) }
    if fault == .loneItemNan, !pass.usesBatchStatistics, input.shape[0] == 1 {
      // The second feature alone.
      let mask = try Tensor([0, 1] + [Float](repeating: 0, count: 14), shape: [16])
      output = try output + (mask * -1).sqrt()
    }
    if fault == .cutGradient { output = try output.detached() }
    if fault == .flatFeatures { output = try output * 1e-3 + 1 }
    // The value is finite, the gradient of the root at 0 is not.
    if fault == .nanWeight { output = try output + ((output * 0).sqrt() * 0) }
    return output
  }

  var state: [NamedTensor] { first.state(under: "first") + (fault == .unusedParameter ? unused.state : []) }
}
