import EncuentroWire
import Foundation
import Programme
import Results
import TestSupport
import Testing

@Suite("Hostile input")
struct HostileInputTests {
  @Test("what the fuzzer has found stays mended")
  func found() throws {
    let folder = Repository.root.appending(path: "Tests/Fuzz/Found")
    for file in try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    where file.lastPathComponent.hasPrefix("messages-") {
      MessageFuzzing.run(Array(try Data(contentsOf: file)))
    }
  }

  /// The error of bytes that must not be accepted.
  private func error<M: WireMessage>(_ bytes: [UInt8], as type: M.Type) throws -> WireError {
    try #require(throws: WireError.self) { try M.decode(bytes) }
  }

  /// A field of length-delimited bytes; its number below 16.
  private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    [number << 3 | 2] + varint(bytes.count) + bytes
  }

  private func varint(_ value: Int) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + varint(value >> 7)
  }

  @Test("Random bytes, flipped bits and cut messages give a value or an error")
  func fuzz() throws {
    for seed in TestGenerator.seeds(40) {
      var generator = TestGenerator(seed: seed)
      for kind in MessageKind.all {
        let sample = try kind.sample(&generator)
        var inputs = [generator.bytes(generator.int(0...200))]
        for _ in 0..<12 where !sample.isEmpty {
          var flipped = sample
          for _ in 0..<generator.int(1...4) {
            flipped[generator.int(0...sample.count - 1)] ^= 1 << UInt8(generator.int(0...7))
          }
          inputs.append(flipped)
          inputs.append(Array(sample.prefix(generator.int(0...sample.count))))
          inputs.append(sample + sample.suffix(generator.int(0...sample.count)))
        }
        for input in inputs {
          do {
            let bytes = try kind.recode(input)
            // What was accepted once is accepted again, and stays as it is.
            #expect(try kind.recode(bytes) == bytes, "\(kind.name), seed \(seed)")
          } catch let error as WireError {
            #expect(!error.description.isEmpty)
          }
        }
      }
    }
  }

  @Test("Unknown fields are passed over", arguments: MessageKind.all)
  func unknownFields(kind: MessageKind) throws {
    var generator = TestGenerator(seed: 1)
    let sample = try kind.sample(&generator)
    // Number 15000 as a text, and as a number.
    let tags = [varint(15_000 << 3 | 2) + [3, 1, 2, 3], varint(15_000 << 3) + [5]]
    for extra in tags { #expect(try kind.recode(extra + sample + extra) == sample) }
  }

  @Test("Text that is not UTF-8 is refused")
  func invalidText() throws {
    for bytes in [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82],
    ]
      as [[UInt8]]
    {
      #expect(
        try error(field(1, bytes), as: GetParticipantRequest.self)
          == .invalid(field: "name", reason: "is not UTF-8"))
    }
  }

  @Test("U+0000, where libprotobuf-c would cut a text, is refused")
  func zeros() throws {
    for bytes in [[0], [0, 0x61], [0x61, 0], [0x61, 0, 0x62]] as [[UInt8]] {
      let error = try error(field(1, bytes), as: GetParticipantRequest.self)
      #expect(error.field == "name" && error.description.contains("U+0000"))
    }
  }

  @Test("Errors name the field as the contract does")
  func paths() throws {
    var participant = Participant(
      id: "a", name: "A", kind: .city, country: "BR", population: 1, languages: ["pt"])
    participant.capacity = 0
    func path(_ participant: Participant) throws -> String? {
      let good = Participant(
        id: "b", name: "B", kind: .city, country: "BR", population: 1, languages: ["pt"])
      let bytes = UpsertParticipantsRequest(participants: [good, participant]).encoded()
      return try error(bytes, as: UpsertParticipantsRequest.self).field
    }
    #expect(try path(participant) == "participants[1].capacity")
    participant.capacity = 1
    participant.signals.survey = [Network.ID(2): 6]
    #expect(try path(participant) == "participants[1].survey.interests[0].interest")
    participant.signals.survey = [Network.ID(0): 1]
    #expect(try path(participant) == "participants[1].survey.interests[0].network")
    participant.signals.survey = nil
    participant.coordinates = Coordinates(latitude: .nan, longitude: 0)
    #expect(try path(participant) == "participants[1].coordinates.latitude")
    // Kind 9; then everything that is missing is looked for in the type's order.
    #expect(
      try error(field(3, [4 << 3, 9]), as: UpsertParticipantsRequest.self).field
        == "participants[0].kind")
  }

  @Test("Negative counts and numbers out of range are refused")
  func ranges() throws {
    let minusOne = [UInt8](repeating: 0xFF, count: 9) + [1]
    #expect(try error([2 << 3] + minusOne, as: SuggestPartnersRequest.self).field == "top")
    #expect(
      try error([2 << 3] + varint(1001), as: SuggestPartnersRequest.self)
        == .invalid(field: "top", reason: "is 1001; must be from 0 to 1000"))
    #expect(try error([1 << 3] + minusOne, as: ListRunsRequest.self).field == "page_size")
    #expect(
      try error([3 << 3] + minusOne, as: ListParticipantsResponse.self).field == "total")
  }

  @Test("A commit needs a key that can be kept")
  func keys() throws {
    var request = CohortRequest()
    for key in ["", "two words", "ü", String(repeating: "x", count: 129), "tab\t"] {
      request.commit = Authorship(actor: "a", idempotencyKey: key)
      let error = try error(
        PairCohortRequest(request).encoded(), as: PairCohortRequest.self)
      #expect(error.field == "idempotency_key")
    }
  }

  @Test("What is given twice is refused")
  func duplicates() throws {
    let entry = field(1, field(1, Array("a".utf8)) + field(2, field(1, Array("N1".utf8))))
    let bytes = field(4, field(2, entry + entry))
    #expect(
      try error(bytes, as: ReassignNetworksRequest.self).field
        == "previous.given.assignments[1].participant_id")
  }

  @Test("A message of many elements is bounded by number")
  func numbers() throws {
    let names = (0...WireLimits.excluded).flatMap { _ in field(5, Array("ciudad".utf8)) }
    #expect(
      try error(names, as: SuggestPartnersRequest.self)
        == .tooMany(field: "excluded", limit: WireLimits.excluded))
  }

  @Test("A small message cannot take much memory")
  func amplification() throws {
    // Two bytes each, and about 250 as a structure.
    let empty = Array(repeatElement(field(3, []), count: 1 << 19).joined())
    guard case .tooLarge(_, let limit) = try error(empty, as: UpsertParticipantsRequest.self)
    else {
      Issue.record("not too large")
      return
    }
    #expect(limit == WireLimits.arena(for: 1 << 20) && limit <= 64 << 20)
    // Honest lists of short names fit.
    var request = CohortRequest()
    request.pinned = (0..<WireLimits.pairs).map { ("a\($0)", "b") }
    let decoded = try PairCohortRequest.decode(PairCohortRequest(request).encoded())
    #expect(decoded.request.pinned.count == WireLimits.pairs)
  }

  @Test("Memory may end at any piece", arguments: MessageKind.all)
  func exhaustion(kind: MessageKind) throws {
    var generator = TestGenerator(seed: 4)
    let sample = try kind.sample(&generator)
    for limit in stride(from: 0, to: 4000, by: 8) {
      do {
        try kind.unpack(sample, limit)
      } catch let error as WireError {
        #expect(error == .tooLarge(message: kind.name, limit: limit))
      }
    }
  }

  @Test("Bytes that are no message say of which")
  func malformed() throws {
    let error = try error([0x0A, 0x05, 0x61], as: GetParticipantRequest.self)
    #expect(error == .malformed(message: "encuentro.v1.GetParticipantRequest"))
    #expect(error.field == nil && error.description.contains("GetParticipantRequest"))
  }
}
