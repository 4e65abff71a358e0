import CUV

/// What the system has not taken yet, in two buffers: libuv writes from one while the
/// other one grows. Both are used again, so that a busy connection allocates nothing.
final class WriteQueue {
  let request = UnsafeMutablePointer<uv_write_t>.allocate(capacity: 1)
  /// Not touched while a piece of it is with libuv, so that it stays where it is.
  private var flying = OutputBuffer()
  private var waiting = OutputBuffer()
  /// Bytes of `flying` that the system has taken.
  private var taken = 0
  /// Bytes that libuv has.
  private var piece = 0

  /// Small enough for the queue's length to be true, large enough for few system calls.
  private static let pieceBytes = 256 << 10

  deinit { request.deallocate() }

  var count: Int { flying.count - taken + waiting.count }

  /// Whether libuv has a piece and will call back.
  var isFlying: Bool { piece > 0 }

  func append(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    _ = waiting.append(room: bytes.count) {
      $0.copyMemory(from: base, byteCount: bytes.count)
      return bytes.count
    }
  }

  /// Lets the body hand the next piece to libuv, if there is one; libuv may keep the
  /// pointer until `landed`.
  func fly(_ body: (UnsafeRawBufferPointer) -> Void) {
    precondition(!isFlying, "one piece at a time")
    if flying.isEmpty { swap(&flying, &waiting) }
    piece = min(flying.count - taken, Self.pieceBytes)
    guard piece > 0 else { return }
    flying.withBytes { body(UnsafeRawBufferPointer(rebasing: $0[taken..<taken + piece])) }
  }

  /// The piece is with the system.
  func landed() {
    taken += piece
    piece = 0
    guard taken == flying.count else { return }
    flying.removeAll()
    taken = 0
  }
}
