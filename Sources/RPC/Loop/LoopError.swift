import CUV

/// What the system refused, in words that say what to do.
package struct LoopError: Error, Sendable, CustomStringConvertible {
  package enum Kind: Sendable {
    case addressInUse
    case noPermission
    /// What was written is no address, or its name is not known.
    case notAnAddress
    /// The event loop has been stopped.
    case stopped
    case other
  }

  package let kind: Kind
  package let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// - Parameter code: an error number, negative as libuv has it.
  init(_ code: Int32, _ what: String) {
    self.init(.other, "\(what): \(String(cString: uv_strerror(code)))")
  }
}
