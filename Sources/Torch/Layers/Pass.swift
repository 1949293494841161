/// How a batch passes through a network: what for, and with which other processes its statistics are shared.
///
/// What is a sum over items, be it for batch normalisation or for an objective, is summed over `processes` as well, so that
/// items divided over several processes give the loss and the gradients of one process that has them all.
public struct Pass: Sendable {
  /// What a batch passes for. Batch normalisation behaves differently in them.
  public enum Purpose: Sendable {
    /// The network learns: batch normalisation uses the batch's statistics and moves the running ones.
    case training
    /// It is used: batch normalisation uses the running statistics.
    case evaluation
    /// It is used, and batch normalisation uses the batch's statistics. The running ones stay as they are.
    case batchStatistics
  }

  /// What the batch passes for.
  public let purpose: Purpose
  /// The processes that have other items of the same batch.
  public let processes: any ProcessGroup

  /// Makes a pass, of one process unless others are named.
  public init(_ purpose: Purpose, processes: any ProcessGroup = SingleProcess()) {
    self.purpose = purpose
    self.processes = processes
  }

  /// The network learns.
  public static let training = Pass(.training)
  /// The network is used, by its running statistics.
  public static let evaluation = Pass(.evaluation)
  /// The network is used, by the batch's statistics.
  public static let batchStatistics = Pass(.batchStatistics)

  /// Whether batch normalisation uses the batch's statistics.
  public var usesBatchStatistics: Bool { purpose != .evaluation }

  /// Whether batch normalisation moves the running statistics.
  public var movesStatistics: Bool { purpose == .training }
}

/// Processes that have parts of one batch each.
public protocol ProcessGroup: Sendable {
  /// How many there are.
  var count: Int { get }

  /// The sum of a tensor that each process has in the same shape. Gradients flow back to what each of them gave.
  func sum(_ tensor: Tensor) throws(TorchError) -> Tensor
}

/// This process alone.
public struct SingleProcess: ProcessGroup {
  /// Makes the group.
  public init() {}

  public var count: Int { 1 }

  public func sum(_ tensor: Tensor) throws(TorchError) -> Tensor { tensor }
}
