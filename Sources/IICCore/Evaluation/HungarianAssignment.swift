/// The best one-to-one assignment of rows to columns of a matrix, for which every one of the min(rows, columns)
/// possible pairs is made.
///
/// Shortest augmenting paths with dual variables, as in R. Jonker and A. Volgenant, "A shortest augmenting path
/// algorithm for dense and sparse linear assignment problems", Computing 38 (1987), without its initialisation.
/// Takes O(min² · max) steps of the two dimensions. Of several best assignments the same one is always given.
public struct HungarianAssignment: Sendable, Equatable {
  /// The column of each row; nil for the rows left over where there are more rows than columns.
  public let columnOfRow: [Int?]
  /// The sum of the values that were chosen.
  public let total: Double

  /// Finds the assignment of least total cost.
  ///
  /// `costs` is [rows, columns], row by row; every cost is finite.
  public init(minimizing costs: [Double], rows: Int, columns: Int) {
    self.init(costs, sign: 1, rows: rows, columns: columns)
  }

  /// Finds the assignment of greatest total weight.
  ///
  /// `weights` is [rows, columns], row by row; every weight is finite.
  public init(maximizing weights: [Double], rows: Int, columns: Int) {
    self.init(weights, sign: -1, rows: rows, columns: columns)
  }

  private init(_ values: [Double], sign: Double, rows: Int, columns: Int) {
    precondition(
      rows >= 0 && columns >= 0 && values.count == rows * columns,
      "\(values.count) values are not a matrix of \(rows) rows and \(columns) columns")
    precondition(values.allSatisfy(\.isFinite), "the values of an assignment must be finite")
    var columnOfRow = [Int?](repeating: nil, count: rows)
    // The search needs a column for every row, so a tall matrix is turned on its side.
    if rows <= columns {
      var search = AugmentingPaths(costs: values.map { sign * $0 }, rows: rows, columns: columns)
      for (column, row) in search.rowsOfColumns().enumerated() {
        if let row { columnOfRow[row] = column }
      }
    } else {
      var costs: [Double] = []
      costs.reserveCapacity(values.count)
      for column in 0..<columns {
        for row in 0..<rows { costs.append(sign * values[row * columns + column]) }
      }
      var search = AugmentingPaths(costs: costs, rows: columns, columns: rows)
      columnOfRow = search.rowsOfColumns()
    }
    self.columnOfRow = columnOfRow
    total = columnOfRow.enumerated().reduce(0) { sum, pair in
      pair.element.map { sum + values[pair.offset * columns + $0] } ?? sum
    }
  }
}

/// The state of the search: a partial assignment, and duals u, v with cost − u − v ≥ 0 everywhere and = 0 on
/// assigned pairs.
private struct AugmentingPaths {
  let costs: [Double]
  let rows: Int
  let columns: Int
  var rowDual: [Double]
  var columnDual: [Double]
  var rowOfColumn: [Int?]

  /// `rows` is at most `columns`.
  init(costs: [Double], rows: Int, columns: Int) {
    self.costs = costs
    self.rows = rows
    self.columns = columns
    rowDual = Array(repeating: 0, count: rows)
    columnDual = Array(repeating: 0, count: columns)
    rowOfColumn = Array(repeating: nil, count: columns)
  }

  mutating func rowsOfColumns() -> [Int?] {
    for row in 0..<rows { assign(row) }
    return rowOfColumn
  }

  /// Gives `start` a column by the cheapest path that alternates between free and assigned pairs.
  private mutating func assign(_ start: Int) {
    var distance = [Double](repeating: .infinity, count: columns)
    var parent = [Int](repeating: start, count: columns)  // the row from which a column is reached
    var remaining = Array(0..<columns)
    var visited: [(column: Int, row: Int)] = []
    var row = start
    var reached = 0.0

    while true {
      var nearest = 0
      for (place, column) in remaining.enumerated() {
        let candidate = reached + costs[row * columns + column] - rowDual[row] - columnDual[column]
        if candidate < distance[column] {
          distance[column] = candidate
          parent[column] = row
        }
        let best = remaining[nearest]
        // Among equals a free column ends the search at once.
        if distance[column] < distance[best]
          || (distance[column] == distance[best] && rowOfColumn[column] == nil && rowOfColumn[best] != nil)
        {
          nearest = place
        }
      }
      let column = remaining.remove(at: nearest)
      reached = distance[column]
      guard let next = rowOfColumn[column] else {
        updateDuals(start: start, visited: visited, distance: distance, reached: reached)
        augment(from: start, to: column, parent: parent, visited: visited)
        return
      }
      visited.append((column, next))
      row = next
    }
  }

  private mutating func updateDuals(
    start: Int, visited: [(column: Int, row: Int)], distance: [Double], reached: Double
  ) {
    rowDual[start] += reached
    for (column, row) in visited {
      rowDual[row] += reached - distance[column]
      columnDual[column] -= reached - distance[column]
    }
  }

  /// Moves every row of the path one column on, back to front.
  private mutating func augment(
    from start: Int, to end: Int, parent: [Int], visited: [(column: Int, row: Int)]
  ) {
    let columnOfRow = Dictionary(uniqueKeysWithValues: visited.map { ($0.row, $0.column) })
    var column = end
    while true {
      let row = parent[column]
      rowOfColumn[column] = row
      guard row != start, let previous = columnOfRow[row] else { return }
      column = previous
    }
  }
}
