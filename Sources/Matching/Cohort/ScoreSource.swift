/// Where a cohort's scores come from: one row at a time, so that the scores of ten
/// thousand by ten thousand participants never stand in memory together.
///
/// The same row must give the same scores whenever it is asked for.
public protocol ScoreSource: Sendable {
  var leftCount: Int { get }
  var rightCount: Int { get }

  /// Writes the scores of a left participant with every right participant, in
  /// millionths, 0…1,000,000 (`PairScore.micros`), or `Self.ineligible` where the
  /// pair may not be formed. 0 is a score like any other.
  /// - Parameter scores: holds `rightCount` numbers already; their values are old.
  func fill(row: Int, into scores: inout [Int32])
}

extension ScoreSource {
  /// Stands for a pair that may not be formed.
  public static var ineligible: Int32 { -1 }
}

/// Scores that lie in memory.
public struct DenseScores: ScoreSource, Hashable {
  public let leftCount: Int
  public let rightCount: Int
  private let scores: [Int32]

  /// - Parameter scores: row by row, `leftCount` · `rightCount` numbers; what is
  ///   missing counts as ineligible.
  public init(leftCount: Int, rightCount: Int, scores: [Int32]) {
    self.leftCount = leftCount
    self.rightCount = rightCount
    let missing = leftCount * rightCount - scores.count
    self.scores =
      missing > 0 ? scores + Array(repeating: Self.ineligible, count: missing) : scores
  }

  /// - Parameter rows: of one length.
  public init(rows: [[Int32]]) {
    self.init(
      leftCount: rows.count, rightCount: rows.first?.count ?? 0, scores: Array(rows.joined()))
  }

  public func fill(row: Int, into scores: inout [Int32]) {
    for column in 0..<rightCount { scores[column] = self.scores[row * rightCount + column] }
  }
}
