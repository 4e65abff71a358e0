import Foundation

/// Repeatable pseudo-random numbers for tests (SplitMix64; G. Steele et al.,
/// OOPSLA 2014).
///
/// Take the seed as a test's argument, from `TestGenerator.seeds`: a failure then
/// names it, and `ENCUENTRO_TEST_SEED=<seed> swift test --filter …` repeats it.
public struct TestGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed &* 0xD134_2543_DE82_EF95 &+ 0x2545_F491_4F6C_DD1D }

  /// The seeds 1…count, or the single one of ENCUENTRO_TEST_SEED.
  public static func seeds(_ count: Int) -> [UInt64] {
    if let text = ProcessInfo.processInfo.environment["ENCUENTRO_TEST_SEED"],
      let seed = UInt64(text)
    {
      return [seed]
    }
    return (0..<count).map { UInt64($0 + 1) }
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A whole number of the range.
  public mutating func int(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.upperBound - range.lowerBound + 1))
  }

  /// A number from -1 to 1.
  public mutating func float() -> Float {
    Float(Int32(truncatingIfNeeded: next() >> 32)) / Float(1 << 31)
  }

  public mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in float() } }

  public mutating func bytes(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
      withUnsafeBytes(of: next()) { bytes.append(contentsOf: $0) }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// One of the elements.
  public mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[int(0...elements.count - 1)]
  }
}
