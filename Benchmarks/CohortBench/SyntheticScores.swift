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
  private let left: [Float]
  private let right: [Float]

  init(_ kind: Kind, count: Int) {
    self.kind = kind
    leftCount = count
    rightCount = count
    left = kind == .profiles ? Self.profiles(count, side: 1) : []
    right = kind == .profiles ? Self.profiles(count, side: 2) : []
  }

  func fill(row: Int, into scores: inout [Int32]) {
    switch kind {
    case .uniform:
      let base = UInt64(row) << 32
      for column in 0..<rightCount {
        scores[column] = Int32(Self.mixed(base + UInt64(column)) >> 44 % 1_000_001)
      }
    case .profiles:
      scores.withUnsafeMutableBufferPointer { scores in
        left.withUnsafeBufferPointer { left in
          right.withUnsafeBufferPointer { right in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: rightCount) { products in
              guard let x = left.baseAddress, let w = right.baseAddress,
                let out = products.baseAddress
              else { return }
              vk_row_products(
                x + row * Self.dimensions, 1, Self.dimensions, w, rightCount, out)
              for column in 0..<rightCount {
                scores[column] = max(0, min(1_000_000, 500_000 + 4 * Int32(out[column])))
              }
            }
          }
        }
      }
    }
  }

  /// Small integers; their products and sums are exact in floats.
  private static func profiles(_ count: Int, side: UInt64) -> [Float] {
    (0..<count * dimensions).map { at in
      let (row, dimension) = (UInt64(at / dimensions), UInt64(at % dimensions))
      let own = Int(mixed(side << 48 + row << 16 + dimension) >> 57) - 64
      let centre = Int(mixed(3 << 48 + (row % 7) << 16 + dimension) >> 32 % 97) - 48
      return Float(own + centre)
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
