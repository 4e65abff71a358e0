import Foundation
import TestSupport
import Testing

@testable import RPC

@Suite("Frames")
struct FrameCodecTests {
  @Test("what is encoded is decoded, in whatever portions it comes", arguments: 0..<20)
  func roundTrip(_ seed: UInt64) throws {
    var chance = TestGenerator(seed: seed)
    let frames = (0..<12).map { _ in RandomFrame.make(&chance) }
    let bytes = RandomFrame.bytes(frames)
    #expect(try decode([bytes]) == frames, "seed \(seed), at once")
    #expect(try decode(bytes.map { [$0] }) == frames, "seed \(seed), byte by byte")
    for _ in 0..<40 {
      let cut = Int.random(in: 0...bytes.count, using: &chance)
      let parts = [Array(bytes[..<cut]), Array(bytes[cut...])]
      #expect(try decode(parts) == frames, "seed \(seed), cut at \(cut)")
    }
  }

  @Test("a frame is cut at every position")
  func everySplit() throws {
    let frame = Frame(
      stream: 7,
      body: .open(
        Frame.Open(
          method: "a/b", timeout: 5,
          metadata: Metadata([.init(key: "k", value: [1, 2])]), payload: [1, 2, 3],
          halfClose: true)))
    let bytes = RandomFrame.bytes([frame, frame])
    for cut in 0...bytes.count {
      #expect(try decode([Array(bytes[..<cut]), Array(bytes[cut...])]) == [frame, frame])
    }
  }

  @Test(
    "a wrong length is refused on its four bytes",
    arguments: [
      ([0, 0, 0, 0], Frame.GoAway.Reason.protocolError),
      ([0xFF, 0xFF, 0xFF, 0xFF], .frameTooLarge), ([0, 0x40, 0, 1], .frameTooLarge),
    ])
  func lengths(_ bytes: [UInt8], _ reason: Frame.GoAway.Reason) {
    #expect(
      performing: { try decode([bytes]) }, throws: { reason == ($0 as? ProtocolViolation)?.reason })
  }

  @Test("what is no frame is a violation")
  func noFrames() {
    let invalidText: [UInt8] = [0x1A, 0x04, 0x0A, 0x02, 0xC3, 0x28]
    let noBody: [UInt8] = [0x08, 0x01]
    let unknownBody: [UInt8] = [0xA2, 0x06, 0x00]
    let cutOff: [UInt8] = [0x1A, 0x10, 0x0A]
    for body in [invalidText, noBody, unknownBody, cutOff, [0xFF]] {
      #expect(throws: ProtocolViolation.self) { try decode([framed(body)]) }
    }
  }

  @Test("thousands of tiny entries do not take more memory than the frame allows")
  func amplification() {
    // An Open of empty metadata entries, two bytes each.
    let entries = [UInt8](repeating: 0, count: 2 * 20_000).enumerated().map {
      UInt8($0.offset % 2 == 0 ? 0x1A : 0)
    }
    var open: [UInt8] = [0x1A]
    var length = entries.count
    while length >= 128 {
      open.append(UInt8(length & 127 | 128))
      length >>= 7
    }
    open.append(UInt8(length))
    #expect(throws: ProtocolViolation.self) { try decode([framed(open + entries)]) }
  }

  @Test("random bytes and flipped bits never crash", arguments: 0..<50)
  func hostile(_ seed: UInt64) {
    var chance = TestGenerator(seed: seed)
    var bytes = RandomFrame.bytes((0..<4).map { _ in RandomFrame.make(&chance) })
    for _ in 0..<8 where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &chance)
      bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &chance)
    }
    _ = try? decode([bytes])
    let noise = (0..<200).map { _ in UInt8.random(in: 0...255, using: &chance) }
    _ = try? decode([framed(noise)])
    (bytes + noise).withUnsafeBytes { _ = ConnectionFuzzing.run($0) }
  }

  @Test("what the fuzzer has found stays mended")
  func found() throws {
    let folder = Repository.root.appending(path: "Tests/Fuzz/Found")
    for file in try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    where file.lastPathComponent.hasPrefix("frames-") {
      try Data(contentsOf: file).withUnsafeBytes { _ = ConnectionFuzzing.run($0) }
    }
  }

  private func framed(_ body: [UInt8]) -> [UInt8] {
    withUnsafeBytes(of: UInt32(body.count).bigEndian) { Array($0) } + body
  }

  private func decode(_ portions: [[UInt8]]) throws -> [Frame] {
    var decoder = FrameDecoder(limit: 4 << 20)
    var frames: [Frame] = []
    for portion in portions {
      let result = portion.withUnsafeBytes { bytes in
        Result { () throws(ProtocolViolation) in
          try decoder.decode(bytes) { (frame) throws(ProtocolViolation) in frames.append(frame) }
        }
      }
      try result.get()
    }
    return frames
  }
}

/// Frames of every kind.
enum RandomFrame {
  static func bytes(_ frames: [Frame]) -> [UInt8] {
    let output = OutputBuffer()
    for frame in frames { output.append(frame) }
    var bytes: [UInt8] = []
    output.withBytes { bytes = Array($0) }
    return bytes
  }

  static func make(_ chance: inout TestGenerator) -> Frame {
    let stream = UInt32.random(in: 0...UInt32.max, using: &chance)
    let body: Frame.Body =
      switch Int.random(in: 0..<10, using: &chance) {
      case 0:
        .hello(
          Frame.Hello(
            version: number(&chance), agent: text(&chance), frameBytes: number(&chance),
            streams: number(&chance), streamCredit: number(&chance),
            connectionCredit: number(&chance), metadataBytes: number(&chance)))
      case 1:
        .open(
          Frame.Open(
            method: text(&chance), timeout: UInt64(number(&chance)), metadata: metadata(&chance),
            payload: Bool.random(using: &chance) ? payload(&chance) : nil,
            halfClose: Bool.random(using: &chance)))
      case 2: .message(payload(&chance), encoding: number(&chance))
      case 3: .halfClose
      case 4:
        .close(
          Frame.Close(
            code: number(&chance), message: text(&chance), metadata: metadata(&chance),
            details: (0..<Int.random(in: 0..<3, using: &chance)).map { _ in
              RPCError.Detail(kind: text(&chance), subject: text(&chance), value: text(&chance))
            }, payload: Bool.random(using: &chance) ? payload(&chance) : nil))
      case 5: .cancel
      case 6: .credit(number(&chance))
      case 7: .ping(UInt64.random(in: 0...UInt64.max, using: &chance))
      case 8: .pong(UInt64.random(in: 0...UInt64.max, using: &chance))
      default:
        .goAway(
          Frame.GoAway(
            reason: Frame.GoAway.Reason.allCases.randomElement(using: &chance) ?? .shutdown,
            message: text(&chance), lastStream: number(&chance)))
      }
    return Frame(stream: stream, body: body)
  }

  private static func number(_ chance: inout TestGenerator) -> UInt32 {
    [0, 1, 127, 128, UInt32.max].randomElement(using: &chance) ?? 0
  }

  private static func text(_ chance: inout TestGenerator) -> String {
    ["", "a", "encuentro.v1.Matchmaking/SuggestPartners", "São Paulo 🏙️"]
      .randomElement(using: &chance) ?? ""
  }

  private static func payload(_ chance: inout TestGenerator) -> [UInt8] {
    (0..<([0, 1, 200, 5000].randomElement(using: &chance) ?? 0)).map { _ in
      UInt8.random(in: 0...255, using: &chance)
    }
  }

  private static func metadata(_ chance: inout TestGenerator) -> Metadata {
    Metadata(
      (0..<Int.random(in: 0..<3, using: &chance)).map { _ in
        Metadata.Entry(key: text(&chance), value: payload(&chance))
      })
  }
}
