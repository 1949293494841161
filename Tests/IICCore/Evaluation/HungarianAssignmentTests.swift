import IICCore
import Testing
import TestSupport

private struct Expected: Decodable {
  var total: Double
  var columns: [Int]
}

private struct Matrix: Decodable, CustomTestStringConvertible {
  var rows: Int
  var columns: Int
  var values: [Double]
  var minimum: Expected
  var maximum: Expected

  var testDescription: String { "\(rows) × \(columns)" }

  var assignments: [(found: HungarianAssignment, expected: Expected)] {
    [
      (HungarianAssignment(minimizing: values, rows: rows, columns: columns), minimum),
      (HungarianAssignment(maximizing: values, rows: rows, columns: columns), maximum),
    ]
  }
}

private struct Matrices: Decodable {
  var unique: [Matrix]
  var tied: [Matrix]
}

@Suite struct HungarianAssignmentTests {
  @Test(arguments: try fixtures.json("assignment.json", as: Matrices.self).unique)
  private func agreesWithSciPy(matrix: Matrix) {
    for (found, expected) in matrix.assignments {
      #expect(found.columnOfRow.map { $0 ?? -1 } == expected.columns)
      #expect(abs(found.total - expected.total) < 1e-9)
    }
  }

  @Test(arguments: try fixtures.json("assignment.json", as: Matrices.self).tied)
  private func reachesTheBestTotalAmongTies(matrix: Matrix) {
    for (found, expected) in matrix.assignments {
      #expect(found.total == expected.total)
      let columns = found.columnOfRow.compactMap { $0 }
      #expect(columns.count == min(matrix.rows, matrix.columns))
      #expect(Set(columns).count == columns.count)
      let sum = found.columnOfRow.enumerated().reduce(0.0) { sum, pair in
        pair.element.map { sum + matrix.values[pair.offset * matrix.columns + $0] } ?? sum
      }
      #expect(sum == found.total)
    }
  }

  @Test func emptyMatricesHaveEmptyAssignments() {
    #expect(HungarianAssignment(minimizing: [], rows: 0, columns: 0).columnOfRow.isEmpty)
    #expect(HungarianAssignment(minimizing: [], rows: 2, columns: 0).columnOfRow == [nil, nil])
    #expect(HungarianAssignment(maximizing: [], rows: 0, columns: 3).total == 0)
  }
}
