import CProtobufPacking
import EncuentroProtos
import TestSupport
import Testing

@Suite("Packing back to front")
struct PackingTests {
  private typealias Kind = UnsafePointer<ProtobufCMessageDescriptor>

  /// All messages that a method takes or gives.
  private var kinds: [Kind] {
    [
      encuentro__v1__matchmaking__descriptor, encuentro__v1__health__descriptor,
      encuentro__v1__server__descriptor,
    ].flatMap { service in
      (0..<Int(service.n_methods)).flatMap {
        [service.methods[$0].input, service.methods[$0].output]
      }
    }
  }

  @Test(
    "gives the bytes of libprotobuf-c, and refuses too little room",
    arguments: TestGenerator.seeds(20))
  func sameBytes(seed: UInt64) throws {
    var chance = TestGenerator(seed: seed)
    for kind in kinds {
      let wire = Self.message(kind, depth: 0, &chance)
      let unpacked = protobuf_c_message_unpack(kind, nil, wire.count, wire)
      let message = try #require(unpacked, "seed \(seed)")
      defer { protobuf_c_message_free_unpacked(message, nil) }
      let size = protobuf_c_message_get_packed_size(message)
      let expected = [UInt8](unsafeUninitializedCapacity: size + 1) {
        $1 = $0.baseAddress.map { protobuf_c_message_pack(message, $0) } ?? 0
      }
      for slack in [0, 1, 100] {
        #expect(Self.packed(message, room: size + slack) == expected, "seed \(seed)")
      }
      for room in 0..<min(size, 50) { #expect(Self.packed(message, room: room) == nil) }
      if size > 0 { #expect(Self.packed(message, room: size - 1) == nil) }
    }
  }

  private static func packed(
    _ message: UnsafePointer<ProtobufCMessage>, room: Int
  ) -> [UInt8]? {
    // With guards on both sides, which must stay as they are.
    var memory = [UInt8](repeating: 0xAA, count: room + 32)
    let found = memory.withUnsafeMutableBufferPointer { memory -> [UInt8]? in
      guard let base = memory.baseAddress else { return nil }
      let end = base + 16 + room
      guard let start = protobuf_pack_before(message, base + 16, end) else { return nil }
      return [UInt8](UnsafeBufferPointer(start: start, count: end - start))
    }
    #expect(memory.prefix(16).allSatisfy { $0 == 0xAA })
    #expect(memory.suffix(16).allSatisfy { $0 == 0xAA })
    return found
  }

  // MARK: - Messages of any content, as bytes

  private static func message(
    _ kind: Kind, depth: Int, _ chance: inout TestGenerator
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for place in 0..<Int(kind.pointee.n_fields) {
      let field = kind.pointee.fields[place]
      let most = field.label == PROTOBUF_C_LABEL_REPEATED ? 3 : 1
      for _ in 0..<Int(chance.next() % UInt64(most + 1)) {
        bytes += value(of: field, depth: depth, &chance)
      }
    }
    // A field that this version does not know.
    if chance.next() % 4 == 0 { bytes += varint(9999 << 3) + varint(chance.next()) }
    return bytes
  }

  private static func value(
    of field: ProtobufCFieldDescriptor, depth: Int, _ chance: inout TestGenerator
  ) -> [UInt8] {
    let tag = UInt64(field.id) << 3
    switch field.type {
    case PROTOBUF_C_TYPE_MESSAGE:
      guard depth < 6, let descriptor = field.descriptor else { return [] }
      let inner = message(
        descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self), depth: depth + 1,
        &chance)
      return varint(tag | 2) + varint(UInt64(inner.count)) + inner
    case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BYTES:
      let count = [0, 1, 5, 127, 128, 300][Int(chance.next() % 6)]
      let text = (0..<count).map { _ in UInt8(1 + chance.next() % 127) }
      return varint(tag | 2) + varint(UInt64(count)) + text
    case PROTOBUF_C_TYPE_DOUBLE:
      let number = [0, -0.0, 1.5, -Double.infinity, Double(bitPattern: chance.next())]
      return varint(tag | 1)
        + withUnsafeBytes(of: number[Int(chance.next() % 5)].bitPattern.littleEndian, Array.init)
    default:
      let number = [0, 1, 127, 128, UInt64.max, 1 << 31, chance.next()]
      return varint(tag) + varint(number[Int(chance.next() % 7)])
    }
  }

  private static func varint(_ value: UInt64) -> [UInt8] {
    var (bytes, value) = ([UInt8](), value)
    while value > 127 {
      bytes.append(UInt8(value & 127) | 128)
      value >>= 7
    }
    return bytes + [UInt8(value)]
  }
}
