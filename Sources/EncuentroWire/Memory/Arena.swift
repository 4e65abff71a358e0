import CProtobufPacking
import EncuentroProtos

/// Memory that one message's C structures lie in, freed as a whole.
///
/// This file, Reader.swift and Writer.swift are the only ones of the target that follow
/// pointers.
final class Arena {
  /// What every piece is aligned to: enough for doubles, pointers and sizes, which is
  /// all that protoc-c's structures hold.
  private static let alignment = 8

  private var chunks: [UnsafeMutableRawPointer] = []
  private var next = UnsafeMutableRawPointer(bitPattern: Arena.alignment)
  private var room = 0
  private var chunkBytes: Int
  private var budget: Int
  /// Whether more was asked for than the budget.
  private(set) var isExhausted = false

  /// - Parameters:
  ///   - budget: the most bytes that are handed out. Chunks are at most double.
  ///   - expecting: bytes that will probably do.
  init(budget: Int = .max, expecting: Int) {
    self.budget = budget
    chunkBytes = min(budget, max(expecting, 1 << 10))
  }

  deinit { for chunk in chunks { chunk.deallocate() } }

  /// Memory of undefined content; nil when the budget does not allow it.
  @inline(__always)
  func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
    guard count <= budget - Self.alignment else {
      isExhausted = true
      return nil
    }
    let bytes = (count + Self.alignment - 1) & -Self.alignment
    if bytes > room { grow(bytes) }
    let memory = next
    next = memory?.advanced(by: bytes)
    room -= bytes
    budget -= bytes
    return memory
  }

  @inline(never)
  private func grow(_ bytes: Int) {
    let size = max(bytes, chunkBytes)
    let chunk = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: Self.alignment)
    chunks.append(chunk)
    next = chunk
    room = size
    chunkBytes = min(2 * size, 1 << 20)
  }
}

// MARK: - Unpacking

extension Arena {
  /// Memory whose size can be read back, since libprotobuf-c forgets how long a text is.
  fileprivate func allocateSized(_ count: Int) -> UnsafeMutableRawPointer? {
    // A size that C could hold and Swift cannot is below 0.
    guard (0...budget).contains(count), let memory = allocate(count + Self.alignment) else {
      isExhausted = true
      return nil
    }
    memory.storeBytes(of: count, as: Int.self)
    return memory.advanced(by: Self.alignment)
  }

  /// The bytes of a text that libprotobuf-c has allocated for a field, without the NUL
  /// at its end.
  static func bytes(ofText text: UnsafeMutablePointer<CChar>) -> UnsafeBufferPointer<UInt8> {
    // An absent text is a constant of libprotobuf-c, and no memory of ours.
    if text == absentText { return UnsafeBufferPointer(start: nil, count: 0) }
    let raw = UnsafeRawPointer(text)
    let size = raw.load(fromByteOffset: -alignment, as: Int.self)
    return UnsafeBufferPointer(start: raw.assumingMemoryBound(to: UInt8.self), count: size - 1)
  }

  /// Only ever compared with; the constant lives as long as the process.
  nonisolated(unsafe) private static let absentText: UnsafeMutablePointer<CChar>? = {
    var message = Encuentro__V1__ParticipantRef()
    encuentro__v1__participant_ref__init(&message)
    return message.id
  }()

  /// Reads a message; its structures live until the value is made from them.
  ///
  /// - Parameter limit: the most bytes for them; what `WireLimits` gives unless stated.
  static func unpack<M: Mapped>(
    _ bytes: [UInt8], as type: M.Type = M.self, limit: Int? = nil
  ) throws(WireError) -> M {
    let descriptor = withBlank(M.self) { $0.pointee.descriptor }
    func name() -> String { descriptor.map { String(cString: $0.pointee.name) } ?? "message" }

    let limit = limit ?? WireLimits.arena(for: bytes.count)
    let arena = Arena(budget: limit, expecting: min(4 * bytes.count, 1 << 20))
    return try withExtendedLifetime(arena) { () throws(WireError) -> M in
      var allocator = ProtobufCAllocator(
        alloc: { arena, size in
          guard let arena else { return nil }
          return Unmanaged<Arena>.fromOpaque(arena).takeUnretainedValue().allocateSized(size)
        },
        free: { _, _ in },
        allocator_data: Unmanaged.passUnretained(arena).toOpaque())
      guard let message = protobuf_c_message_unpack(descriptor, &allocator, bytes.count, bytes)
      else {
        throw arena.isExhausted
          ? .tooLarge(message: name(), limit: limit) : .malformed(message: name())
      }
      let form = UnsafeRawPointer(message).assumingMemoryBound(to: M.Form.self)
      return try M(wire: form.pointee)
    }
  }

  private static func withBlank<M: Mapped, Result>(
    _ type: M.Type, _ body: (UnsafePointer<ProtobufCMessage>) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(of: M.Form.self, capacity: 1) { buffer in
      let raw = UnsafeMutableRawPointer(buffer.baseAddress)
      // A buffer of one element has an address.
      guard let raw else { preconditionFailure("no memory for \(type)") }
      M.initialise(raw.assumingMemoryBound(to: M.Form.self))
      return body(raw.assumingMemoryBound(to: ProtobufCMessage.self))
    }
  }
}

// MARK: - Packing

extension Arena {
  static func pack<M: Mapped>(_ value: M) -> [UInt8] {
    let arena = Arena(expecting: 16 << 10)
    return withExtendedLifetime(arena) {
      let form = UnsafeRawPointer(arena.form(of: value))
      return bytes(of: form.assumingMemoryBound(to: ProtobufCMessage.self))
    }
  }

  private static func bytes(of message: UnsafePointer<ProtobufCMessage>) -> [UInt8] {
    // Most messages fit, and then need not be measured.
    let packed = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16 << 10) {
      room -> [UInt8]? in
      guard let begin = room.baseAddress else { return nil }
      let end = begin + room.count
      guard let start = protobuf_pack_before(message, begin, end) else { return nil }
      return [UInt8](UnsafeBufferPointer(start: start, count: end - start))
    }
    if let packed { return packed }
    let size = protobuf_c_message_get_packed_size(message)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      // There is no address for a message without bytes.
      count = buffer.baseAddress.map { protobuf_c_message_pack(message, $0) } ?? 0
    }
  }

  /// The bytes that `pack` would give.
  static func packedSize<M: Mapped>(of value: M) -> Int {
    let arena = Arena(expecting: 4 << 10)
    return withExtendedLifetime(arena) {
      let form = UnsafeRawPointer(arena.form(of: value))
      return protobuf_c_message_get_packed_size(
        form.assumingMemoryBound(to: ProtobufCMessage.self))
    }
  }
}
