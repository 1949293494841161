import Foundation
import IICCore
import Torch

/// A modality that does one thing wrong, as its manifest's `data.fault` says.
struct FaultyModality: Modality {
  enum Fault: String, CaseIterable {
    case none, hiddenKey, looseSection, repeatedID, oddLabel, undecodedNumber
    case changingData, nanView, lostRow, unseededView, unseededWeights, fixedViews, sharedDraw
    case batchDependence, wrongFeatureCount, unusedParameter, cutGradient, nanWeight, brokenEncoder
    case acceptsEmpty, vagueMessage, flatFeatures
  }
  enum Encoder: String, CaseIterable { case small, other }

  static let name = "faulty"
  let fault: Fault
  let items: Int
  let corrupt: Int?
  let encoder: Encoder

  init(from root: SectionReader) throws(ManifestError) {
    let data = try root.section("data", "the data") { section throws(ManifestError) in
      // A text, since the keys of every choice are described.
      let name = try section.string("fault", default: "none", "what is wrong")
      guard let fault = Fault(rawValue: name) else { throw section.error("fault", "found \(name)") }
      let items = try section.integer("items", default: 12, in: 0...100, "items")
      let corrupt = try section.integer("corrupt", default: nil, in: 0...100, "the item that is damaged")
      if fault == .hiddenKey { _ = try section.integer("hidden", default: 1, "not seen") }
      if fault == .looseSection, section.contains("unheardOf") { _ = try section.integer("unheardOf", "anything") }
      return (fault, items, corrupt)
    }
    (fault, items, corrupt) = data
    encoder = try root.section("encoder", "the network") { section throws(ManifestError) in
      try section.choice("name", default: .small, "the network")
    }
  }

  func dataset(cache: SampleCache) throws -> Dataset {
    let version = fault == .changingData ? UUID().uuidString : ""
    return try cache.dataset(sources: [], decoding: "faulty \(fault) \(items) \(version)") { writer in
      if fault == .acceptsEmpty, items == 0 {
        try writer.append([UInt8](repeating: 0, count: 16))
        return SampleDescription(shape: [4], element: .float32, ids: ["made up"])
      }
      let shift = fault == .changingData ? Float.random(in: 1...2) : 0
      for item in 0..<items {
        if item == corrupt { throw DataError(fault == .vagueMessage ? "bad data" : "item-\(item): damaged") }
        let bad = fault == .undecodedNumber && item == 3
        let values = (0..<4).map { bad ? Float.nan : Float(item % 3) + Float(item * 4 + $0) * 0.05 + shift }
        try writer.append(values.withUnsafeBytes { [UInt8]($0) })
      }
      let labels = (0..<items).map { fault == .oddLabel && $0 == 5 ? 3 : $0 % 3 }
      let ids = (0..<items).map { "item-\(fault == .repeatedID && $0 == 1 ? 0 : $0)" }
      return SampleDescription(shape: [4], element: .float32, ids: ids, labels: labels)
    }
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

  func callAsFunction(_ input: Tensor, _ mode: Mode) throws(TorchError) -> Tensor {
    var output = try first(input, mode).relu()
    if fault == .batchDependence { output = try output - output.mean([0], keepingDimensions: true) }
    if fault == .cutGradient { output = try output.detached() }
    if fault == .flatFeatures { output = try output * 1e-3 + 1 }
    // The value is finite, the gradient of the root at 0 is not.
    if fault == .nanWeight { output = try output + ((output * 0).sqrt() * 0) }
    return output
  }

  var state: [NamedTensor] { first.state(under: "first") + (fault == .unusedParameter ? unused.state : []) }
}
