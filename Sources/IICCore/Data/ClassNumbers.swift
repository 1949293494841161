/// The classes of items whose labels are written as text.
public enum ClassNumbers {
  /// A number for each label, -1 for an empty one, which is unknown.
  ///
  /// If all are whole numbers from 0, they are the classes themselves; else the classes are numbered in the order of
  /// their names.
  public static func of(_ labels: [String]) -> [Int] {
    let known = Set(labels.filter { !$0.isEmpty })
    if known.allSatisfy({ Int($0).map { $0 >= 0 } ?? false }) { return labels.map { Int($0) ?? -1 } }
    let numbers = Dictionary(uniqueKeysWithValues: zip(known.sorted(), 0...))
    return labels.map { numbers[$0] ?? -1 }
  }
}
