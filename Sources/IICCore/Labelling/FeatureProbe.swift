import Files
import Torch

/// How well simple classifiers tell classes apart by the features of a run's encoder, which stay as they are.
public struct FeatureProbe {
  /// A classifier.
  public enum Method: Sendable, Hashable, CustomStringConvertible {
    case linear
    case neighbours(Int)
    /// Labels that spread along the graph of nearest neighbours of all items, labelled and scored.
    case spreading

    /// Those that are usual: linear, the 20 and the 200 nearest neighbours, and spreading.
    public static let usual: [Method] = [.linear, .neighbours(20), .neighbours(200), .spreading]

    public var description: String {
      switch self {
      case .linear: "linear"
      case .neighbours(let count): "k-NN, k \(count)"
      case .spreading: "spreading"
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
  /// The graph of labelled items, then scored ones; nil if these are more than `mostInGraph`.
  private let graph: LabelSpreading?
  /// The most items whose neighbours are looked for, each among all others.
  static let mostInGraph = 25_000
  /// The methods that can be used: not spreading along a graph of too many items.
  public var methods: [Method] { Method.usual.filter { $0 != .spreading || graph != nil } }
  /// What is left out, and why; nil if nothing is.
  public var omission: String? {
    guard graph == nil else { return nil }
    let count = labelled.shape[0] + scored.shape[0]
    return "spreading is left out: its graph would be of \(count) items, "
      + (count > Self.mostInGraph ? "more than \(Self.mostInGraph)" : "too few to have 20 neighbours each")
  }
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
    let count = labelled.shape[0] + scored.shape[0]
    graph =
      (21...Self.mostInGraph).contains(count) ? try LabelSpreading(.concatenated([labelled, scored])) : nil
  }

  /// The accuracy of a method on the scored items, trained with the labels at some places; `unconverged` is called if the
  /// linear classifier's training ended early.
  public func accuracy(_ method: Method, by places: [Int], unconverged: () -> Void = {}) throws -> Double {
    let features = try labelled.selecting(Tensor(places))
    let classes = places.map { given.labelled.classes[$0] }
    let count = given.labelled.classCount
    switch method {
    case .linear:
      let classifier = try LinearClassifier(
        features, classes: classes, classCount: count, regularisation: regularisation)
      if !classifier.hasConverged { unconverged() }
      return given.accuracy(try classifier(scored))
    case .neighbours(let neighbours):
      let classifier = try NeighbourClassifier(
        features, classes: classes, classCount: count, neighbours: neighbours)
      return given.accuracy(try classifier(scored))
    case .spreading:
      guard let graph else { throw UserError(omission ?? "spreading is left out") }
      let found = graph(rows: places, classes: classes, classCount: count).dropFirst(labelled.shape[0])
      // What no path leads to is wrong whatever its class.
      return given.accuracy(found.map { $0 ?? -1 })
    }
  }
}
