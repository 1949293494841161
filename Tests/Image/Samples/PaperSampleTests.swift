import Foundation
import IICCore
import Manifest
import Testing

@testable import ImageModality

/// The manifests with the paper's settings hold those of Ji, Henriques, Vedaldi, ICCV 2019, and of their code.
@Suite struct PaperSampleTests {
  private typealias Settings = [String: String]

  /// What all of them have in common.
  private static let common: Settings = [
    "modality": "image", "views.base.rotation": "0", "views.base.shift": "0", "views.base.flip": "0",
    "views.base.jitter": "0", "views.base.saturation": "0", "views.base.hue": "0",
    "views.transformed.randomPlace": "1", "views.transformed.shift": "0", "views.transformed.jitter": "0.4",
    "encoder.weights": "null", "heads.main.subheads": "5", "heads.main.lambda": "1", "heads.main.weight": "1",
    "heads.main.rate": "1", "heads.main.deviation": "0.01", "heads.main.start": "0",
    "heads.main.startFrom": "random",
    "training.optimizer": "adam", "training.learningRate": "1e-4", "training.schedule": "constant",
    "training.weightDecay": "0", "training.restarts.count": "1",
  ]

  /// Colour photographs: Sobel's derivatives of crops, for ClusterNet5g.
  private static let photographs: Settings = [
    "views.input": "sobel", "views.base.randomPlace": "1", "views.transformed.rotation": "0",
    "views.transformed.flip": "0.5", "views.transformed.saturation": "0.4", "views.transformed.hue": "0.125",
    "encoder.name": "ClusterNet5g",
  ]

  private static let twoHeads: Settings = [
    "heads.auxiliary.subheads": "5", "heads.auxiliary.lambda": "1", "heads.auxiliary.weight": "1",
    "heads.auxiliary.rate": "1", "heads.auxiliary.parts": "null", "heads.auxiliary.passes": "1",
    "training.scheme": "inTurn", "training.idleHeads": "coast", "evaluation.mapping": "null",
  ]

  /// Crops of 64 pixels of STL10's 96.
  private static let stl10Views: Settings = [
    "data.format": "stl10", "data.parts": "null", "views.size": "64", "views.base.crop": "[64]",
    "views.transformed.crop": "[64]", "views.evaluationScale": "0.6667",
  ]

  /// Crops of 20 pixels of CIFAR's 32, enlarged to 32.
  private static let cifarViews: Settings = [
    "data.parts": "null", "views.size": "32", "views.base.crop": "[20]", "views.transformed.crop": "[20]",
    "views.evaluationScale": "0.625",
  ]

  private static let stl10: Settings = [
    "heads.main.clusters": "10", "heads.main.parts": "[train, test]", "heads.main.passes": "1",
    "heads.auxiliary.clusters": "70", "training.epochs": "2000", "training.batch": "700", "training.repeats": "5",
    "training.first": "auxiliary", "evaluation.statistics": "batch",
  ]

  private static let overclustered: Settings = [
    "heads.main.clusters": "140", "heads.main.parts": "[train, unlabeled]", "heads.auxiliary": "null",
    "training.epochs": "3200", "training.batch": "1400", "training.repeats": "5", "training.idleHeads": "rest",
    "evaluation.parts": "[test]", "evaluation.mapping.parts": "[train]", "evaluation.mapping.share": "1",
  ]

  private static let cifar10: Settings = [
    "data.format": "cifar10", "heads.main.clusters": "10", "heads.main.parts": "null", "heads.main.passes": "2",
    "heads.auxiliary.clusters": "70", "training.epochs": "2000", "training.batch": "660", "training.repeats": "3",
    "training.first": "auxiliary", "evaluation.statistics": "batch",
  ]

  private static let cifar100: Settings = [
    "data.format": "cifar100", "data.labels": "coarse", "heads.main.clusters": "20", "heads.main.parts": "null",
    "heads.main.passes": "1", "heads.auxiliary.clusters": "140", "training.epochs": "2000",
    "training.batch": "1000", "training.repeats": "5", "training.first": "main", "evaluation.statistics": "running",
  ]

  private static let mnist: Settings = [
    "data.format": "idx", "data.images": "[train-images-idx3-ubyte, t10k-images-idx3-ubyte]",
    "data.labels": "[train-labels-idx1-ubyte, t10k-labels-idx1-ubyte]", "views.size": "24", "views.input": "plain",
    "views.base.crop": "[20]", "views.base.randomPlace": "0.5", "views.transformed.crop": "[16, 20, 24]",
    "views.transformed.rotation": "25", "views.transformed.rotationProbability": "0.5",
    "views.transformed.flip": "0", "views.evaluationScale": "0.7143", "encoder.name": "ClusterNet6c",
    "heads.main.clusters": "10", "heads.main.parts": "null", "heads.main.passes": "2",
    "heads.auxiliary.clusters": "50", "training.epochs": "3200", "training.batch": "700", "training.repeats": "5",
    "training.first": "main", "evaluation.statistics": "batch",
  ]

  private static func settings(of manifest: String) -> [Settings] {
    switch manifest {
    case "stl10/iic.yaml": [common, photographs, twoHeads, stl10Views, stl10]
    case "stl10/overclustered.yaml": [common, photographs, stl10Views, overclustered]
    case "cifar10/iic.yaml": [common, photographs, twoHeads, cifarViews, cifar10]
    case "cifar100-20/iic.yaml": [common, photographs, twoHeads, cifarViews, cifar100]
    case "mnist/iic.yaml": [common, twoHeads, mnist]
    default: []
    }
  }

  @Test(arguments: [
    "stl10/iic.yaml", "stl10/overclustered.yaml", "cifar10/iic.yaml", "cifar100-20/iic.yaml", "mnist/iic.yaml",
  ])
  func holdsTheSettings(_ manifest: String) throws {
    let document = try ManifestDocument(path: Sample.path(manifest))
    let found = Sample.values(in: try Sample.read(document).resolvedYAML())
    let settings = Self.settings(of: manifest)
    #expect(settings.count >= 3)
    for (key, expected) in settings.joined() {
      let value = try #require(found[key], "\(key) is not read; known are \(found.keys.sorted())")
      let number = Double(expected)
      #expect(value == expected || number != nil && number == Double(value), "\(key): \(value), not \(expected)")
    }
  }
}
