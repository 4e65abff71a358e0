/// A vector of unit length in 8 bits a component.
///
/// Profiles are rounded once, when they are made; all that is computed from them
/// is integer arithmetic and a fixed sequence of IEEE operations, so that the
/// same profiles give the same scores on every machine.
public struct QuantisedVector: Hashable, Sendable {
  /// From -127 to 127.
  public let values: [Int8]
  /// What a step of `values` is worth; the vector is `values · scale`.
  public let scale: Float

  /// Scales to unit length and rounds to the nearest step.
  ///
  /// - Returns: nil for a vector without a direction: empty, all zeros, or with a
  ///   component that is not finite.
  public init?(_ vector: [Float]) {
    let squares = vector.reduce(0.0) { $0 + Double($1) * Double($1) }
    let largest = vector.reduce(0) { max($0, abs($1)) }
    guard squares > 0, squares.isFinite, largest > 0 else { return nil }
    let step = largest / 127
    values = vector.map { Int8(($0 / step).rounded()) }
    // The length of what was rounded, not of what was given: a vector's product
    // with itself is 1.
    let length = values.reduce(0) { $0 + Int($1) * Int($1) }
    scale = Float(1 / Double(length).squareRoot())
  }

  /// The cosine of two vectors of the same length, in -1…1.
  ///
  /// - Complexity: O(length).
  public func cosine(_ other: QuantisedVector) -> Double {
    precondition(values.count == other.values.count, "vectors of one space have one length")
    var sum = 0
    for index in values.indices { sum += Int(values[index]) * Int(other.values[index]) }
    return Double(sum) * Double(scale) * Double(other.scale)
  }
}
