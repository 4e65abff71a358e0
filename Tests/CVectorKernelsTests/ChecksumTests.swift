import CVectorKernels
import TestSupport
import Testing

@Suite("vk_checksum")
struct ChecksumTests {
  @Test("any flipped bit changes it", arguments: [1, 7, 63, 64, 65, 128, 200])
  func flippedBits(length: Int) {
    var bytes = TestGenerator.filled(length)
    let sum = vk_checksum(bytes, length)
    for at in 0..<length {
      for bit in 0..<8 {
        bytes[at] ^= 1 << bit
        #expect(vk_checksum(bytes, length) != sum, "bit \(bit) of byte \(at)")
        bytes[at] ^= 1 << bit
      }
    }
    #expect(vk_checksum(bytes, length) == sum)
  }

  @Test("random flips in long data change it", arguments: TestGenerator.seeds(5))
  func flipsInLongData(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    var bytes = generator.bytes(generator.int(10_000...50_000))
    let sum = vk_checksum(bytes, bytes.count)
    for _ in 0..<200 {
      let at = generator.int(0...bytes.count - 1)
      let bit = UInt8(1) << generator.int(0...7)
      bytes[at] ^= bit
      #expect(vk_checksum(bytes, bytes.count) != sum, "byte \(at)")
      bytes[at] ^= bit
    }
  }

  @Test("every length of zeros and of noise has its own")
  func truncation() {
    let zeros = [UInt8](repeating: 0, count: 300)
    #expect(Set((0...300).map { vk_checksum(zeros, $0) }).count == 301)
    let noise = TestGenerator.filled(300)
    #expect(Set((0...300).map { vk_checksum(noise, $0) }).count == 301)
  }

  @Test("swapped blocks change it")
  func swappedBlocks() {
    let bytes = TestGenerator.filled(256)
    let swapped = Array(bytes[64..<128] + bytes[0..<64] + bytes[128...])
    #expect(vk_checksum(bytes, 256) != vk_checksum(swapped, 256))
  }

  @Test("alignment does not matter")
  func alignment() {
    let bytes = TestGenerator.filled(333)
    for shift in 0..<9 {
      let moved = [UInt8](repeating: 5, count: shift) + bytes
      let sum = moved.withUnsafeBytes { buffer in
        buffer.baseAddress.map { vk_checksum($0 + shift, bytes.count) }
      }
      #expect(sum == vk_checksum(bytes, bytes.count))
    }
  }
}

extension TestGenerator {
  fileprivate static func filled(_ count: Int) -> [UInt8] {
    var generator = TestGenerator(seed: 42)
    return generator.bytes(count)
  }
}
