import EncuentroProtos

/// What travels as one message of the protocol.
///
/// `decode(x.encoded())` equals `x`, order and bits of doubles included, but for two
/// things: -0.0 arrives as 0.0, which proto3 leaves out as the default, and U+0000 in a
/// text arrives as U+FFFD, since libprotobuf-c ends a text there. Numbers that the
/// contract holds in 32 bits are clamped to them.
package protocol WireMessage: Sendable {
  /// Reads a message that comes from anywhere.
  ///
  /// - Throws: `WireError` that names the field; its memory is freed by then.
  /// - Complexity: O(bytes), in memory of at most `WireLimits.arena(for:)` besides the
  ///   value.
  static func decode(_ bytes: [UInt8]) throws(WireError) -> Self

  /// The message's bytes.
  func encoded() -> [UInt8]
}

/// A value that one of the generated C structures stands for.
protocol Mapped: Sendable {
  associatedtype Form

  /// protoc-c's function that fills a structure with the defaults.
  static func initialise(_ c: UnsafeMutablePointer<Form>)

  /// - Throws: `WireError` with the field's path from this message.
  init(wire c: Form) throws(WireError)

  /// Writes all fields into a structure that holds the defaults; what they point to
  /// comes from the arena.
  func fill(_ c: inout Form, _ arena: Arena)
}

/// A value whose C structure is a request or a response by itself.
protocol MappedMessage: WireMessage, Mapped {}

extension MappedMessage {
  package static func decode(_ bytes: [UInt8]) throws(WireError) -> Self {
    try Arena.unpack(bytes, as: Self.self)
  }

  package func encoded() -> [UInt8] { Arena.pack(self) }
}
