import CProtobufPacking
import EncuentroProtos
import Foundation

// The only file in which C structures of frames are touched.

/// Unpacks frames with libprotobuf-c into memory of its own, which is used again for
/// every frame, so that a frame costs no allocation but its payload.
struct FrameUnpacker: ~Copyable {
  /// What the structures of one frame may take besides its own bytes: a frame of many
  /// tiny metadata entries would otherwise take a hundred times its length.
  static let largestOverhead = 24 << 10

  private let arena: UnsafeMutablePointer<FrameArena>

  init() {
    arena = .allocate(capacity: 1)
    arena.initialize(to: FrameArena())
  }

  deinit {
    arena.pointee.memory?.deallocate()
    arena.deinitialize(count: 1)
    arena.deallocate()
  }

  /// Reads one frame.
  ///
  /// - Throws: `ProtocolViolation` for bytes that are no frame, or one without a body.
  /// - Complexity: O(bytes).
  func unpack(_ bytes: UnsafeRawBufferPointer) throws(ProtocolViolation) -> Frame {
    arena.pointee.begin(limit: 2 * bytes.count + Self.largestOverhead)
    var allocator = ProtobufCAllocator(
      alloc: { arena, size in
        arena?.assumingMemoryBound(to: FrameArena.self).pointee.allocate(size)
      }, free: { _, _ in }, allocator_data: UnsafeMutableRawPointer(arena))
    guard
      let frame = encuentro__rpc__v1__frame__unpack(
        &allocator, bytes.count, bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
    else { throw ProtocolViolation("a frame that is no protobuf, or of too many parts") }
    let body = try body(frame.pointee)
    return Frame(stream: frame.pointee.stream, body: body)
  }

  private func body(
    _ frame: Encuentro__Rpc__V1__Frame
  ) throws(ProtocolViolation) -> Frame.Body {
    switch frame.body_case {
    case ENCUENTRO__RPC__V1__FRAME__BODY_HELLO:
      let hello = frame.hello.pointee
      return .hello(
        Frame.Hello(
          version: hello.version, agent: try text(hello.agent, "agent"),
          frameBytes: hello.max_frame_bytes, streams: hello.max_streams,
          streamCredit: hello.stream_credit, connectionCredit: hello.connection_credit,
          metadataBytes: hello.max_metadata_bytes))
    case ENCUENTRO__RPC__V1__FRAME__BODY_OPEN:
      let open = frame.open.pointee
      return .open(
        Frame.Open(
          method: try method(open.method), timeout: open.timeout_us,
          metadata: try metadata(open.n_metadata, open.metadata),
          payload: open.has_payload != 0 ? Self.bytes(open.payload) : nil,
          halfClose: open.half_close != 0))
    case ENCUENTRO__RPC__V1__FRAME__BODY_MESSAGE:
      return .message(
        Self.bytes(frame.message.pointee.payload), encoding: frame.message.pointee.encoding)
    case ENCUENTRO__RPC__V1__FRAME__BODY_HALF_CLOSE: return .halfClose
    case ENCUENTRO__RPC__V1__FRAME__BODY_CLOSE:
      let close = frame.close.pointee
      var details: [RPCError.Detail] = []
      for place in 0..<close.n_details {
        guard let detail = close.details[place]?.pointee else { continue }
        details.append(
          RPCError.Detail(
            kind: try text(detail.kind, "kind"), subject: try text(detail.subject, "subject"),
            value: try text(detail.value, "value")))
      }
      return .close(
        Frame.Close(
          code: close.code, message: try text(close.message, "message"),
          metadata: try metadata(close.n_metadata, close.metadata), details: details,
          payload: close.has_payload != 0 ? Self.bytes(close.payload) : nil))
    case ENCUENTRO__RPC__V1__FRAME__BODY_CANCEL: return .cancel
    case ENCUENTRO__RPC__V1__FRAME__BODY_CREDIT: return .credit(frame.credit.pointee.bytes)
    case ENCUENTRO__RPC__V1__FRAME__BODY_PING: return .ping(frame.ping.pointee.opaque)
    case ENCUENTRO__RPC__V1__FRAME__BODY_PONG: return .pong(frame.pong.pointee.opaque)
    case ENCUENTRO__RPC__V1__FRAME__BODY_GO_AWAY:
      let goAway = frame.go_away.pointee
      return .goAway(
        Frame.GoAway(
          reason: Frame.GoAway.Reason(rawValue: UInt32(goAway.reason.rawValue)) ?? .internal,
          message: try text(goAway.message, "message"), lastStream: goAway.last_stream))
    default: throw ProtocolViolation("a frame without a body that this side knows")
    }
  }

  private func text(
    _ pointer: UnsafeMutablePointer<CChar>?, _ field: String
  ) throws(ProtocolViolation) -> String {
    // A text that is absent is not in the arena.
    guard let pointer, let count = arena.pointee.size(at: pointer) else { return "" }
    // libprotobuf-c puts a NUL behind it.
    let bytes = UnsafeRawBufferPointer(start: pointer, count: count - 1)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ProtocolViolation("the field '\(field)' is not UTF-8")
    }
    guard !bytes.contains(0) else {
      throw ProtocolViolation("the field '\(field)' holds U+0000")
    }
    return text
  }

  /// Many calls in a row are of one method, whose name need not be made each time.
  private func method(_ pointer: UnsafeMutablePointer<CChar>?) throws(ProtocolViolation) -> String {
    let last = arena.pointee.lastMethod
    if let pointer, let count = arena.pointee.size(at: pointer), count - 1 == last.utf8.count,
      last.utf8.withContiguousStorageIfAvailable({ text in
        text.baseAddress.map { memcmp($0, pointer, text.count) == 0 } ?? false
      }) == true
    {
      return last
    }
    let method = try text(pointer, "method")
    arena.pointee.lastMethod = method
    return method
  }

  private static func bytes(_ data: ProtobufCBinaryData) -> [UInt8] {
    Array(UnsafeBufferPointer(start: data.data, count: data.len))
  }

  private func metadata(
    _ count: Int,
    _ entries: UnsafeMutablePointer<UnsafeMutablePointer<Encuentro__Rpc__V1__Metadata>?>?
  ) throws(ProtocolViolation) -> Metadata {
    guard count > 0, let entries else { return Metadata() }
    var result: [Metadata.Entry] = []
    for place in 0..<count {
      guard let entry = entries[place]?.pointee else { continue }
      result.append(
        Metadata.Entry(key: try text(entry.key, "key"), value: Self.bytes(entry.value)))
    }
    return Metadata(result)
  }
}

/// Memory that is handed out from front to back, and all taken back at once.
private struct FrameArena {
  /// In front of each piece, for its size.
  private static let head = 16

  private(set) var memory: UnsafeMutableRawPointer?
  /// The method of the last Open.
  var lastMethod = ""
  private var capacity = 0
  private var used = 0

  /// Makes room for a frame. Memory for a large one is not kept for the small ones
  /// that follow.
  mutating func begin(limit: Int) {
    used = 0
    let wanted = limit
    guard wanted > capacity || capacity > 4 * wanted else { return }
    memory?.deallocate()
    memory = .allocate(byteCount: wanted, alignment: 16)
    capacity = wanted
  }

  /// nil when the frame has had all that it may.
  mutating func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
    guard let memory, count >= 0, count <= capacity - used - Self.head else { return nil }
    defer { used += Self.head + (count + 15) & ~15 }
    (memory + used).storeBytes(of: count, as: Int.self)
    return memory + used + Self.head
  }

  /// The size of a piece; nil for what was not handed out here.
  func size(at piece: UnsafeMutablePointer<CChar>) -> Int? {
    let piece = UnsafeMutableRawPointer(piece)
    guard let memory, piece >= memory + Self.head, piece < memory + used else { return nil }
    return (piece - Self.head).load(as: Int.self)
  }
}

// MARK: - Packing

extension OutputBuffer {
  /// Appends a frame with its length in front.
  ///
  /// - Complexity: O(bytes of the frame); no allocation while the buffer has room.
  func append(_ frame: Frame) {
    switch frame.body {
    case .hello(let hello):
      var c = Encuentro__Rpc__V1__Hello()
      encuentro__rpc__v1__hello__init(&c)
      c.version = hello.version
      c.max_frame_bytes = hello.frameBytes
      c.max_streams = hello.streams
      c.stream_credit = hello.streamCredit
      c.connection_credit = hello.connectionCredit
      c.max_metadata_bytes = hello.metadataBytes
      var agent = hello.agent
      agent.withUTF8CString { text in
        c.agent = text
        put(frame.stream, ENCUENTRO__RPC__V1__FRAME__BODY_HELLO, &c) { $0.hello = $1 }
      }
    case .open(let open): append(open, stream: frame.stream)
    case .message(let payload, let encoding):
      var c = Encuentro__Rpc__V1__Message()
      encuentro__rpc__v1__message__init(&c)
      c.encoding = encoding
      payload.withBinaryData { data in
        c.payload = data
        put(frame.stream, ENCUENTRO__RPC__V1__FRAME__BODY_MESSAGE, &c, room: data.len) {
          $0.message = $1
        }
      }
    case .halfClose:
      var c = Encuentro__Rpc__V1__HalfClose()
      encuentro__rpc__v1__half_close__init(&c)
      put(frame.stream, ENCUENTRO__RPC__V1__FRAME__BODY_HALF_CLOSE, &c) { $0.half_close = $1 }
    case .close(let close): append(close, stream: frame.stream)
    case .cancel:
      var c = Encuentro__Rpc__V1__Cancel()
      encuentro__rpc__v1__cancel__init(&c)
      put(frame.stream, ENCUENTRO__RPC__V1__FRAME__BODY_CANCEL, &c) { $0.cancel = $1 }
    case .credit(let bytes):
      var c = Encuentro__Rpc__V1__Credit()
      encuentro__rpc__v1__credit__init(&c)
      c.bytes = bytes
      put(frame.stream, ENCUENTRO__RPC__V1__FRAME__BODY_CREDIT, &c) { $0.credit = $1 }
    case .ping(let opaque):
      var c = Encuentro__Rpc__V1__Ping()
      encuentro__rpc__v1__ping__init(&c)
      c.opaque = opaque
      put(frame.stream, ENCUENTRO__RPC__V1__FRAME__BODY_PING, &c) { $0.ping = $1 }
    case .pong(let opaque):
      var c = Encuentro__Rpc__V1__Pong()
      encuentro__rpc__v1__pong__init(&c)
      c.opaque = opaque
      put(frame.stream, ENCUENTRO__RPC__V1__FRAME__BODY_PONG, &c) { $0.pong = $1 }
    case .goAway(let goAway):
      var c = Encuentro__Rpc__V1__GoAway()
      encuentro__rpc__v1__go_away__init(&c)
      c.reason = Encuentro__Rpc__V1__GoAway__Reason(rawValue: .init(goAway.reason.rawValue))
      c.last_stream = goAway.lastStream
      var message = goAway.message
      message.withUTF8CString { text in
        c.message = text
        put(frame.stream, ENCUENTRO__RPC__V1__FRAME__BODY_GO_AWAY, &c) { $0.go_away = $1 }
      }
    }
  }

  private func append(_ open: Frame.Open, stream: UInt32) {
    var c = Encuentro__Rpc__V1__Open()
    encuentro__rpc__v1__open__init(&c)
    c.timeout_us = open.timeout
    c.half_close = open.halfClose ? 1 : 0
    c.has_payload = open.payload == nil ? 0 : 1
    var method = open.method
    method.withUTF8CString { text in
      c.method = text
      (open.payload ?? []).withBinaryData { data in
        c.payload = data
        open.metadata.withEntries { entries in
          c.n_metadata = entries.count
          c.metadata = entries.baseAddress
          put(stream, ENCUENTRO__RPC__V1__FRAME__BODY_OPEN, &c, room: data.len) { $0.open = $1 }
        }
      }
    }
  }

  private func append(_ close: Frame.Close, stream: UInt32) {
    var c = Encuentro__Rpc__V1__Close()
    encuentro__rpc__v1__close__init(&c)
    c.code = close.code
    c.has_payload = close.payload == nil ? 0 : 1
    var message = close.message
    message.withUTF8CString { text in
      c.message = text
      (close.payload ?? []).withBinaryData { data in
        c.payload = data
        close.metadata.withEntries { entries in
          c.n_metadata = entries.count
          c.metadata = entries.baseAddress
          close.details.withEntries { details in
            c.n_details = details.count
            c.details = details.baseAddress
            put(stream, ENCUENTRO__RPC__V1__FRAME__BODY_CLOSE, &c, room: data.len) {
              $0.close = $1
            }
          }
        }
      }
    }
  }

  /// Packs a frame round a body.
  ///
  /// - Parameter room: a guess of the frame's size. When it is not enough, the frame is
  ///   measured first.
  private func put<Body>(
    _ stream: UInt32, _ kind: Encuentro__Rpc__V1__Frame__BodyCase, _ body: inout Body,
    room: Int = 0, _ set: (inout Encuentro__Rpc__V1__Frame, UnsafeMutablePointer<Body>) -> Void
  ) {
    withUnsafeMutablePointer(to: &body) { body in
      var frame = Encuentro__Rpc__V1__Frame()
      encuentro__rpc__v1__frame__init(&frame)
      frame.stream = stream
      frame.body_case = kind
      set(&frame, body)
      if !put(&frame.base, room: room + 256) {
        let size = encuentro__rpc__v1__frame__get_packed_size(&frame)
        _ = put(&frame.base, room: size)
      }
    }
  }

  /// - Returns: false when the room is not enough.
  private func put(_ frame: UnsafePointer<ProtobufCMessage>, room: Int) -> Bool {
    append(room: room + 4) { memory in
      let begin = (memory + 4).assumingMemoryBound(to: UInt8.self)
      let end = begin + room
      guard let start = protobuf_pack_before(frame, begin, end) else { return 0 }
      let size = end - start
      begin.update(from: start, count: size)
      memory.storeBytes(of: UInt32(size).bigEndian, as: UInt32.self)
      return size + 4
    } > 0
  }
}

extension String {
  /// The text as C has it; libprotobuf-c only reads it.
  fileprivate mutating func withUTF8CString(_ body: (UnsafeMutablePointer<CChar>) -> Void) {
    withCString { body(UnsafeMutablePointer(mutating: $0)) }
  }
}

extension [UInt8] {
  /// The bytes as libprotobuf-c has them, which only reads them.
  fileprivate func withBinaryData(_ body: (ProtobufCBinaryData) -> Void) {
    withUnsafeBufferPointer { bytes in
      body(
        ProtobufCBinaryData(
          len: bytes.count, data: UnsafeMutablePointer(mutating: bytes.baseAddress)))
    }
  }
}

extension Metadata {
  fileprivate func withEntries(
    _ body: (CPointers<Encuentro__Rpc__V1__Metadata>) -> Void
  ) {
    guard !entries.isEmpty else { return body(CPointers(start: nil, count: 0)) }
    let scratch = CScratch()
    withExtendedLifetime(scratch) {
      body(
        scratch.pointers(to: entries) { c, entry in
          encuentro__rpc__v1__metadata__init(c)
          c.pointee.key = scratch.text(entry.key)
          c.pointee.value = scratch.bytes(entry.value)
        })
    }
  }
}

extension [RPCError.Detail] {
  fileprivate func withEntries(_ body: (CPointers<Encuentro__Rpc__V1__Detail>) -> Void) {
    guard !isEmpty else { return body(CPointers(start: nil, count: 0)) }
    let scratch = CScratch()
    withExtendedLifetime(scratch) {
      body(
        scratch.pointers(to: self) { c, detail in
          encuentro__rpc__v1__detail__init(c)
          c.pointee.kind = scratch.text(detail.kind)
          c.pointee.subject = scratch.text(detail.subject)
          c.pointee.value = scratch.text(detail.value)
        })
    }
  }
}

private typealias CPointers<C> = UnsafeMutableBufferPointer<UnsafeMutablePointer<C>?>

/// Memory for the parts of a frame that few frames have, freed with it.
private final class CScratch {
  private var pieces: [UnsafeMutableRawPointer] = []

  deinit { for piece in pieces { piece.deallocate() } }

  private func memory(_ count: Int) -> UnsafeMutableRawPointer {
    let piece = UnsafeMutableRawPointer.allocate(byteCount: max(1, count), alignment: 16)
    pieces.append(piece)
    return piece
  }

  func text(_ text: String) -> UnsafeMutablePointer<CChar> {
    bytes(Array(text.utf8) + [0]).data.withMemoryRebound(to: CChar.self, capacity: 1) { $0 }
  }

  func bytes(_ bytes: [UInt8]) -> ProtobufCBinaryData {
    let copy = memory(bytes.count)
    bytes.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { copy.copyMemory(from: base, byteCount: bytes.count) }
    }
    return ProtobufCBinaryData(
      len: bytes.count, data: copy.assumingMemoryBound(to: UInt8.self))
  }

  /// One structure for each value, and an array of pointers to them.
  func pointers<Value, C>(
    to values: [Value], fill: (UnsafeMutablePointer<C>, Value) -> Void
  ) -> CPointers<C> {
    let list = memory(values.count * MemoryLayout<UnsafeMutablePointer<C>?>.stride)
      .bindMemory(to: UnsafeMutablePointer<C>?.self, capacity: values.count)
    for (place, value) in values.enumerated() {
      let c = memory(MemoryLayout<C>.size).bindMemory(to: C.self, capacity: 1)
      fill(c, value)
      (list + place).initialize(to: c)
    }
    return CPointers(start: list, count: values.count)
  }
}
