private import CVectorKernels
import Foundation

/// The directions in which vectors differ most (principal component analysis).
enum PrincipalAxes {
  /// The mean of vectors, and the eigenvectors of their covariance with the
  /// largest eigenvalues, largest first; each axis' sign makes its largest
  /// component positive.
  ///
  /// - Parameter vectors: one after another, `length` values each.
  /// - Complexity: O(vectors · length² + length³).
  static func find(
    _ vectors: [Float], length: Int, count: Int
  ) -> (mean: [Double], axes: [[Double]], variances: [Double])? {
    let rows = vectors.count / length
    guard rows > 0 else { return nil }
    var mean = [Double](repeating: 0, count: length)
    for (index, value) in vectors.enumerated() { mean[index % length] += Double(value) }
    for index in mean.indices { mean[index] /= Double(rows) }
    let centred = vectors.enumerated().map { Float(Double($1) - mean[$0 % length]) }
    var covariance = [Float](repeating: 0, count: length * length)
    vk_add_weighted_rows(centred, rows, length, centred, length, &covariance)
    var matrix = covariance.map { Double($0) / Double(rows) }
    var values = [Double](repeating: 0, count: length)
    var rowsOfVectors = [Double](repeating: 0, count: length * length)
    guard vk_symmetric_eigen(&matrix, length, &values, &rowsOfVectors) != 0 else { return nil }
    let order = values.indices.sorted { (values[$1], $0) < (values[$0], $1) }.prefix(count)
    let axes = order.map { at in
      let axis = Array(rowsOfVectors[at * length..<(at + 1) * length])
      let largest = axis.max { abs($0) < abs($1) } ?? 0
      return largest < 0 ? axis.map { -$0 } : axis
    }
    return (mean, axes, order.map { max(0, values[$0]) })
  }
}
