/// Cuts a stream of bytes, in whatever portions it comes, into frames.
struct FrameDecoder: ~Copyable {
  /// Bytes of a frame without its length.
  private let limit: Int
  private let unpacker = FrameUnpacker()
  /// The beginning of a frame whose rest has not come.
  private var rest: [UInt8] = []

  init(limit: Int) { self.limit = limit }

  /// Whether a frame has begun and is not complete.
  var isWithinFrame: Bool { !rest.isEmpty }

  /// Takes bytes, and gives every frame that they complete.
  ///
  /// - Throws: `ProtocolViolation` on the first wrong frame, or for a length that is 0
  ///   or above the limit as soon as its four bytes are there; `receive`'s own.
  /// - Complexity: O(bytes); bytes of a frame that came at once are not copied.
  mutating func decode(
    _ bytes: UnsafeRawBufferPointer, receive: (Frame) throws(ProtocolViolation) -> Void
  ) throws(ProtocolViolation) {
    var bytes = bytes[...]
    if !rest.isEmpty {
      // Only as much as the frame that has begun still needs.
      if rest.count < 4 {
        let taken = bytes.prefix(4 - rest.count)
        rest += taken
        bytes = bytes.dropFirst(taken.count)
        guard rest.count == 4 else { return }
      }
      let length = try self.length(rest.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) })
      let taken = bytes.prefix(4 + length - rest.count)
      rest += taken
      bytes = bytes.dropFirst(taken.count)
      guard rest.count == 4 + length else { return }
      let frame = try unpackRest()
      rest.removeAll(keepingCapacity: rest.capacity <= 64 << 10)
      try receive(frame)
    }
    while bytes.count >= 4 {
      let start = bytes.startIndex
      let length = try self.length(
        UnsafeRawBufferPointer(rebasing: bytes[start..<start + 4]).loadUnaligned(as: UInt32.self))
      guard bytes.count >= 4 + length else { break }
      let frame = try unpacker.unpack(
        UnsafeRawBufferPointer(rebasing: bytes[start + 4..<start + 4 + length]))
      bytes = bytes.dropFirst(4 + length)
      try receive(frame)
    }
    rest += bytes
  }

  private func unpackRest() throws(ProtocolViolation) -> Frame {
    let result = rest.withUnsafeBytes { whole in
      Result { () throws(ProtocolViolation) in
        try unpacker.unpack(UnsafeRawBufferPointer(rebasing: whole[4...]))
      }
    }
    return try result.get()
  }

  private func length(_ bigEndian: UInt32) throws(ProtocolViolation) -> Int {
    let length = Int(UInt32(bigEndian: bigEndian))
    guard length > 0 else { throw ProtocolViolation("a frame of no bytes") }
    guard length <= limit else {
      throw ProtocolViolation(
        .frameTooLarge, "a frame of \(length) bytes; at most \(limit) are read")
    }
    return length
  }
}
