/// Flow control for what a side receives: how much the peer may still send, and when to
/// grant more. One for each call, one for the connection.
struct ReceiveWindow {
  private let size: Int
  /// What the peer may still send; below 0 by less than one message.
  private(set) var left: Int
  /// Taken by the reader and not yet granted anew.
  private var taken = 0

  init(size: Int) {
    self.size = size
    left = size
  }

  /// A message has come.
  ///
  /// - Returns: whether the peer was allowed to send it.
  mutating func receive(_ bytes: Int) -> Bool {
    guard bytes > 0 else { return true }
    guard left > 0 else { return false }
    left -= bytes
    return true
  }

  /// The reader has taken a message.
  ///
  /// - Returns: what to grant now; half the window at least, so that credits are few.
  mutating func take(_ bytes: Int) -> Int? {
    taken += bytes
    guard taken >= (size + 1) / 2, taken > 0 else { return nil }
    defer { taken = 0 }
    left += taken
    return taken
  }
}

/// Flow control for what a side sends.
struct SendWindow {
  /// What may still be sent; a message may be while this is above 0.
  private(set) var left: Int

  init(size: Int) { left = size }

  func allows(_ bytes: Int) -> Bool { bytes == 0 || left > 0 }

  mutating func send(_ bytes: Int) { left -= bytes }

  /// The peer has room again.
  ///
  /// - Throws: `ProtocolViolation` for no bytes, or more than the maximum.
  mutating func grant(_ bytes: UInt32) throws(ProtocolViolation) {
    guard bytes > 0 else { throw ProtocolViolation(.flowControlError, "a credit of 0 bytes") }
    guard left + Int(bytes) <= Int(Int32.max) else {
      throw ProtocolViolation(.flowControlError, "a credit beyond \(Int32.max) bytes")
    }
    left += Int(bytes)
  }
}
