import CVectorKernels
import Matching

/// Scores that other programs can make too, from integers alone; the formulas stand
/// in `Benchmarks/peers/cohort.py` as well.
struct SyntheticScores: ScoreSource {
  enum Kind: String, Codable, CaseIterable {
    /// Each score by itself.
    case uniform
    /// Inner products of profiles that lie around seven centres on either side.
    case profiles
  }

  static let dimensions = 64

  let kind: Kind
  let leftCount: Int
  let rightCount: Int
  /// The left profiles, 128 added to each number.
  private let left: [UInt8]
  /// The right profiles as `vk_product` takes them, and what belongs to them; columns
  /// are filled up to whole panels.
  private let right: Packed

  /// Never changes after it was made.
  private final class Packed: @unchecked Sendable {
    let columns: Int
    /// On 64-byte boundaries, as `vk_matrix` wants it.
    let weights: UnsafeMutablePointer<Int8>
    var sums: [Int32]
    let scales: [Float]
    let bias: [Float]

    /// A score is 500,000 and four times the inner product.
    init(columns: Int) {
      self.columns = columns
      weights = UnsafeMutableRawPointer.allocate(
        byteCount: max(64, SyntheticScores.dimensions * columns), alignment: 64
      ).assumingMemoryBound(to: Int8.self)
      sums = Array(repeating: 0, count: columns)
      scales = Array(repeating: 4, count: columns)
      bias = Array(repeating: 500_000, count: columns)
    }

    deinit { weights.deallocate() }
  }

  init(_ kind: Kind, count: Int) {
    self.kind = kind
    leftCount = count
    rightCount = count
    guard kind == .profiles else {
      left = []
      right = Packed(columns: 0)
      return
    }
    left = Self.profiles(count, side: 1).map { UInt8($0 + 128) }
    right = Self.pack(Self.profiles(count, side: 2), count: count)
  }

  private static func pack(_ profiles: [Int], count: Int) -> Packed {
    let panel = Int(VK_PANEL)
    let columns = (count + panel - 1) / panel * panel
    var weights = [Int8](repeating: 0, count: dimensions * columns)
    for column in 0..<count {
      for dimension in 0..<dimensions {
        weights[dimension * columns + column] = Int8(profiles[column * dimensions + dimension])
      }
    }
    let result = Packed(columns: columns)
    vk_pack(weights, 1, dimensions, columns, result.weights, &result.sums)
    return result
  }

  func fill(row: Int, into scores: inout [Int32]) {
    scores.withUnsafeMutableBufferPointer {
      switch kind {
      case .uniform: fillUniform(row, $0)
      case .profiles: fillProfiles(row, $0)
      }
    }
  }

  private func fillUniform(_ row: Int, _ scores: UnsafeMutableBufferPointer<Int32>) {
    let base = UInt64(row) << 32
    for column in 0..<rightCount {
      let hashed = Self.mixed(base &+ UInt64(truncatingIfNeeded: column)) >> 44
      scores[column] = Int32(truncatingIfNeeded: hashed % 1_000_001)
    }
  }

  private func fillProfiles(_ row: Int, _ scores: UnsafeMutableBufferPointer<Int32>) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: right.columns) { products in
      left.withUnsafeBufferPointer { left in
        right.sums.withUnsafeBufferPointer { sums in
          right.scales.withUnsafeBufferPointer { scales in
            right.bias.withUnsafeBufferPointer { bias in
              guard let q = left.baseAddress, let sums = sums.baseAddress,
                let scales = scales.baseAddress, let bias = bias.baseAddress,
                let out = products.baseAddress
              else { return }
              var one: Float = 1
              var matrix = vk_matrix(
                packed: right.weights, sums: sums, scales: scales, bias: bias, taps: 1,
                depth: Self.dimensions, columns: right.columns)
              withUnsafePointer(to: &one) { one in
                var input = vk_rows(
                  q: q + row * Self.dimensions, scales: one, offsets: nil, zero: 128)
                vk_product(&matrix, &input, 1, out, right.columns)
              }
            }
          }
        }
      }
      // All are whole numbers below 2^23, whose last bits are then the number.
      for column in 0..<scores.count {
        let shifted = min(max(products[column], 0), 1_000_000) + 8_388_608
        scores[column] = Int32(bitPattern: shifted.bitPattern & 0x7F_FFFF)
      }
    }
  }

  private static func profiles(_ count: Int, side: UInt64) -> [Int] {
    (0..<count * dimensions).map { at in
      let (row, dimension) = (UInt64(at / dimensions), UInt64(at % dimensions))
      let own = Int(mixed(side << 48 + row << 16 + dimension) >> 57) - 64
      let centre = Int(mixed(3 << 48 + (row % 7) << 16 + dimension) >> 32 % 97) - 48
      return own + centre
    }
  }

  /// SplitMix64's finisher (G. Steele et al., OOPSLA 2014).
  @inline(__always)
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
