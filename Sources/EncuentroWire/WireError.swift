/// Why bytes are no message, or a message is not accepted. The caller is at fault: a
/// service answers with INVALID_ARGUMENT, and the field as a detail.
package enum WireError: Error, Hashable, Sendable {
  /// The bytes are no message of this kind: cut off, or of another.
  case malformed(message: String)
  /// Unpacked, the message would take more memory than is given to one of its length.
  case tooLarge(message: String, limit: Int)
  /// A repeated field holds more elements than the limit.
  case tooMany(field: String, limit: Int)
  /// A field's value is not accepted. The reason says what is.
  case invalid(field: String, reason: String)

  /// As the contract writes it: "participants[3].kind"; nil when it is the whole message.
  package var field: String? {
    switch self {
    case .malformed, .tooLarge: nil
    case .tooMany(let field, _), .invalid(let field, _): field
    }
  }

  /// The same of a message that lies within another, at this path.
  func within(_ path: String) -> WireError {
    switch self {
    case .malformed, .tooLarge: self
    case .tooMany(let field, let limit): .tooMany(field: "\(path).\(field)", limit: limit)
    case .invalid(let field, let reason): .invalid(field: "\(path).\(field)", reason: reason)
    }
  }
}

extension WireError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .malformed(let message):
      "the bytes are not a whole \(message); encode it with the contract that ServerInfo gives"
    case .tooLarge(let message, let limit):
      "\(message) would take more than \(limit) bytes unpacked; send it in parts"
    case .tooMany(let field, let limit):
      "\(field): more than \(limit) elements; send at most so many"
    case .invalid(let field, let reason):
      "\(field): \(reason)"
    }
  }
}
