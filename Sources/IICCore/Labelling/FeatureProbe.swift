public import Files
import Torch

/// How well simple classifiers tell classes apart by the features of a run's encoder, which stay as they are.
public struct FeatureProbe {
  /// A classifier.
  public enum Method: Sendable, Hashable, CustomStringConvertible {
    case linear
    case neighbours(Int)

    /// Those that are usual: linear, and the 20 and the 200 nearest neighbours.
    public static let usual: [Method] = [.linear, .neighbours(20), .neighbours(200)]

    public var description: String {
      switch self {
      case .linear: "linear"
      case .neighbours(let count): "k-NN, k \(count)"
      }
    }
  }

  /// What is looked at.
  public enum Input: Sendable {
    /// What the heads take of the encoder's features.
    case features
    /// The samples as they are, flattened: embeddings that somebody else made, or raw values.
    case samples
  }

  private let given: FewLabels
  private let labelled, scored: Tensor
  private let regularisation: Double
  /// F.
  public let featureCount: Int

  /// Reads the features of labelled and scored items.
  public init(_ given: FewLabels, _ input: Input = .features, regularisation: Double = 1) throws {
    guard !given.scored.isEmpty else {
      throw UserError("the data know no class of an item without a given label, so that nothing can be scored")
    }
    let (experiment, network) = (given.run.experiment, given.run.network)
    func read(_ items: [Int]) throws -> Tensor {
      switch input {
      case .features: try experiment.headInputs(of: network, items)
      case .samples: try experiment.dataset.samples(at: items[...]).to(.float32).reshaped([items.count, -1])
      }
    }
    self.given = given
    self.regularisation = regularisation
    (labelled, scored) = (try read(given.labelled.items), try read(given.scored))
    featureCount = labelled.shape[1]
  }

  /// The accuracy of a method on the scored items, trained with the labels at some places.
  public func accuracy(_ method: Method, by places: [Int]) throws -> Double {
    let features = try labelled.selecting(Tensor(places))
    let classes = places.map { given.labelled.classes[$0] }
    let count = given.labelled.classCount
    switch method {
    case .linear:
      let classifier = try LinearClassifier(
        features, classes: classes, classCount: count, regularisation: regularisation)
      return given.accuracy(try classifier(scored))
    case .neighbours(let neighbours):
      let classifier = try NeighbourClassifier(
        features, classes: classes, classCount: count, neighbours: neighbours)
      return given.accuracy(try classifier(scored))
    }
  }
}
