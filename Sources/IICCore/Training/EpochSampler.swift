/// The order in which a pass visits its items.
///
/// Each pass is a new permutation cut into batches of one size. What is left at the end is too small a sample
/// for a joint distribution over many clusters, so it is not trained on: which items that hits is drawn anew
/// every time, so that each is seen equally often in the long run.
public struct EpochSampler: Sendable {
  private let order: [Int]
  private let batchSize: Int

  /// The batches of `batchSize` out of `items` in the order that `random` gives.
  public init(items: [Int], batchSize: Int, random: RandomStream) {
    var numbers = random.numbers()
    order = numbers.shuffled(items)
    self.batchSize = batchSize
  }

  /// The number of batches.
  public var count: Int { order.count / batchSize }

  /// The items of the batch at `position`.
  public subscript(position: Int) -> ArraySlice<Int> {
    order[(position * batchSize)..<((position + 1) * batchSize)]
  }
}
