import Foundation
import Torch

/// Whether the pairs that a manifest makes can be learned from.
public struct PairInspection: Sendable, Encodable {
  /// What is wrong with pairs, as far as it shows before training.
  public enum Verdict: String, Sendable, Encodable {
    /// Paired items are more alike than random ones.
    case good
    /// They surely are, but weakly, by what shows before training. That may suffice.
    case weak
    /// It does not show that they are.
    case random
    /// They are, but of more than one pair in twenty the two views are all but the same.
    case partlyIdentical = "partly_identical"
    /// The two views of a pair are the same: the network need not learn anything to match them.
    case identical
  }

  /// n, the number of pairs that were compared.
  public let pairs: Int
  /// How many of them have two views that differ by less than a fiftieth of what tells an item from the mean one.
  public let nearlyIdentical: Int
  /// How alike the values of paired views are; nil if the two sides differ in shape.
  public let views: PairLikeness?
  /// How alike their features are by the network with its initial weights.
  public let features: PairLikeness
  /// How much features differ between items where heads take them, by the network with its initial weights.
  public let spread: FeatureSpread?

  private enum CodingKeys: String, CodingKey {
    case pairs, views, features, verdict, message
    case nearlyIdentical = "nearly_identical"
    case spread = "feature_spread"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(pairs, forKey: .pairs)
    try container.encode(nearlyIdentical, forKey: .nearlyIdentical)
    try container.encodeIfPresent(views, forKey: .views)
    try container.encode(features, forKey: .features)
    try container.encodeIfPresent(spread, forKey: .spread)
    try container.encode(verdict, forKey: .verdict)
    try container.encode(message, forKey: .message)
  }

  /// The judgement. It looks at no label, and cannot see whether what paired items share is what the user wants.
  public var verdict: Verdict {
    if 2 * nearlyIdentical >= pairs { return .identical }
    if measures.allSatisfy(\.isChance) { return .random }
    if measures.allSatisfy({ $0.auc < Self.clear }) { return .weak }
    return 20 * nearlyIdentical > pairs ? .partlyIdentical : .good
  }

  /// From this area on pairs are clearly more alike than random ones.
  private static let clear = 0.65

  private var measures: [PairLikeness] { [features] + (views.map { [$0] } ?? []) }

  /// Whether more pairs would hardly change the judgement: it is clear, or no area can be off by more than 0.02.
  var isSettled: Bool {
    2 * nearlyIdentical >= pairs || measures.contains { $0.aucLow >= Self.clear }
      || measures.allSatisfy { $0.aucHigh - $0.aucLow <= 0.04 }
  }

  /// The measure that speaks most for the pairs.
  private var certainty: String {
    let best = measures.max { $0.auc < $1.auc } ?? features
    let numbers = [best.auc, best.aucLow, best.aucHigh].map { String(format: "%.3f", $0) }
    return
      "AUC \(numbers[0]), between \(numbers[1]) and \(numbers[2]) with a certainty of 99 %, over \(pairs) pairs"
  }

  /// The judgement in words, with the number of nearly identical pairs wherever there are some.
  public var message: String {
    let count = "\(nearlyIdentical) of \(pairs) pairs nearly identical"
    let addition = nearlyIdentical > 0 ? "; \(count)" : ""
    return switch verdict {
    case .good: "paired items are more alike than random ones" + addition
    case .weak:
      "paired items are more alike than random ones, weakly so before training (\(certainty)); that may well suffice, "
        + "for training learns what they share; milder views may help if it does not" + addition
    case .random:
      "paired items are no more alike than random ones, as far as shows before training (\(certainty)): there may be "
        + "nothing to learn from them; check how items are paired, and whether the views keep what an item is"
        + addition
    case .partlyIdentical:
      "paired items are more alike than random ones, but \(count): those teach nothing; make the views differ more, "
        + "or look for items that the data holds twice"
    case .identical:
      "\(nearlyIdentical) of \(pairs) pairs are identical or nearly so: the loss would be minimised trivially; make "
        + "the views differ more"
    }
  }

  init(
    base: Tensor, transformed: Tensor, features: PairLikeness, spread: FeatureSpread? = nil
  ) throws(TorchError) {
    self.features = features
    self.spread = spread
    pairs = features.pairs
    guard base.shape == transformed.shape else {
      views = nil
      nearlyIdentical = 0
      return
    }
    let one = try base.to(.float32).reshaped([pairs, -1])
    let other = try transformed.to(.float32).reshaped([pairs, -1])
    views = try PairLikeness(one, other)
    let difference = try one - other
    let own = try one - one.to(.float64).mean([0], keepingDimensions: true)
    let ratio = try zip((difference * difference).sum([1]).doubles(), (own * own).sum([1]).doubles())
    nearlyIdentical = ratio.count { $0 <= $1 * 0.02 * 0.02 }
  }
}
