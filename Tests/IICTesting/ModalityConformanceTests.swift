import IICTesting
import Testing

/// A modality that does one thing wrong fails the check that is about it; one that does nothing wrong fails none.
@Suite struct ModalityConformanceTests {
  static func conformance(_ fault: FaultyModality.Fault) -> ModalityConformance {
    ModalityConformance(
      FaultyModality.self,
      manifest: """
        name: faulty
        modality: faulty
        data: {fault: \(fault.rawValue)}
        heads: {main: {clusters: 3, subheads: 2}, normalise: false}
        training: {epochs: 1, batch: 8, repeats: 2}
        """,
      items: 12, classes: 3, layouts: [DataLayout(inert: ["data.fault"])],
      empty: .init(overrides: ["data.items=0"], mention: "no items"),
      corrupt: .init(overrides: ["data.corrupt=4"], mention: "item-4"), write: { _ in })
  }

  static func check(about fault: FaultyModality.Fault) -> ConformanceCheck? {
    switch fault {
    case .none: nil
    case .hiddenKey, .looseSection: .manifest
    case .repeatedID, .oddLabel, .undecodedNumber: .data
    case .changingData: .reopening
    case .nanView, .lostRow, .wrongFeatureCount: .views
    case .unseededView, .unseededWeights, .fixedViews: .determinism
    case .sharedDraw: .independence
    case .batchDependence, .loneItemNan: .evaluation
    case .unusedParameter, .cutGradient, .nanWeight: .gradients
    case .brokenEncoder: .encoders
    case .flatFeatures: .training
    case .acceptsEmpty: .emptyData
    case .vagueMessage: .corruptItem
    case .forgottenOption, .forgottenDigits, .idleOption, .unreadOption: .cacheKeys
    }
  }

  @Test(arguments: FaultyModality.Fault.allCases) func finds(_ fault: FaultyModality.Fault) throws {
    let conformance = Self.conformance(fault)
    guard let check = Self.check(about: fault) else { return try conformance.holds() }
    let error = #expect(throws: ConformanceError.self) { try conformance.holds(check) }
    #expect(error?.check == check)
    #expect(error?.modality == "faulty")
  }

  @Test(arguments: [
    (FaultyModality.Fault.forgottenOption, "data.scale: with data.scale="),
    (.forgottenDigits, "data.digits: with data.kind=rounded data.digits="),
    (.idleOption, "no value that was tried of data.idle changes the data"),
    (.unreadOption, "no layout of the data has the keys data.digits"),
  ])
  func theKeyThatTheCacheForgetsIsNamed(_ fault: FaultyModality.Fault, _ mention: String) {
    let error = #expect(throws: ConformanceError.self) { try Self.conformance(fault).holds(.cacheKeys) }
    #expect(error?.message.contains(mention) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: [
    (DataLayout(), "no value that was tried of data.fault changes the data"),
    (DataLayout(inert: ["data.fault", "data.scale"]), "depends on data.scale, said to be inert"),
    (DataLayout(inert: ["data.fault", "data.size"]), "has no keys data.size"),
    (DataLayout(["data.corrupt=1"], inert: ["data.fault"]), "the data cannot be read: item-1: damaged"),
    (DataLayout(["data.scale=100"], inert: ["data.fault"]), "the data cannot be read: --set data.scale=100: found"),
  ])
  func aLayoutThatProvesNothingIsRefused(_ layout: DataLayout, _ mention: String) {
    let conformance = ModalityConformance(
      FaultyModality.self,
      manifest: """
        name: faulty
        modality: faulty
        heads: {main: {clusters: 3}}
        training: {epochs: 1}
        """, layouts: [layout], empty: nil, corrupt: nil, write: { _ in })
    let error = #expect(throws: ConformanceError.self) { try conformance.holds(.cacheKeys) }
    #expect(error?.message.contains(mention) == true, "\(error?.message ?? "")")
  }

  @Test func featuresThatAreNearlyAlikeAreFoundForEachEncoder() {
    let error = #expect(throws: ConformanceError.self) { try Self.conformance(.flatFeatures).holds(.encoders) }
    #expect(error?.message.hasPrefix("encoder small: features of all items are nearly alike: ") == true)
  }

  @Test func trainingThatGoesNowhereIsFound() {
    let error = #expect(throws: ConformanceError.self) { try Self.conformance(.nanView).holds(.training) }
    #expect(error?.message.hasPrefix("the loss is not finite") == true)
  }

  @Test func whatTheFixtureSaysOfTheDataIsCompared() {
    let wrong = ModalityConformance(
      FaultyModality.self,
      manifest: """
        name: faulty
        modality: faulty
        heads: {main: {clusters: 3}}
        training: {epochs: 1}
        """, items: 13, classes: 3, empty: nil, corrupt: nil, write: { _ in })
    let error = #expect(throws: ConformanceError.self) { try wrong.holds(.data) }
    #expect(error?.description == "modality faulty, check data: found 12 items; expected 13")
  }
}
