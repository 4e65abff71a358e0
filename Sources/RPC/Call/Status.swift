/// How a call ended, with the numbers of gRPC, so that its tools read them.
package enum StatusCode: UInt32, Sendable, CaseIterable {
  case ok = 0
  case cancelled = 1
  case unknown = 2
  case invalidArgument = 3
  case deadlineExceeded = 4
  case notFound = 5
  case alreadyExists = 6
  case permissionDenied = 7
  case resourceExhausted = 8
  case failedPrecondition = 9
  case aborted = 10
  case outOfRange = 11
  case unimplemented = 12
  case `internal` = 13
  case unavailable = 14
  case dataLoss = 15
  case unauthenticated = 16

  /// "DEADLINE_EXCEEDED".
  package var name: String {
    switch self {
    case .ok: "OK"
    case .cancelled: "CANCELLED"
    case .unknown: "UNKNOWN"
    case .invalidArgument: "INVALID_ARGUMENT"
    case .deadlineExceeded: "DEADLINE_EXCEEDED"
    case .notFound: "NOT_FOUND"
    case .alreadyExists: "ALREADY_EXISTS"
    case .permissionDenied: "PERMISSION_DENIED"
    case .resourceExhausted: "RESOURCE_EXHAUSTED"
    case .failedPrecondition: "FAILED_PRECONDITION"
    case .aborted: "ABORTED"
    case .outOfRange: "OUT_OF_RANGE"
    case .unimplemented: "UNIMPLEMENTED"
    case .internal: "INTERNAL"
    case .unavailable: "UNAVAILABLE"
    case .dataLoss: "DATA_LOSS"
    case .unauthenticated: "UNAUTHENTICATED"
    }
  }
}

/// A call that did not end well.
package struct RPCError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What exactly stands in the way; a program may act on it.
  package struct Detail: Hashable, Sendable {
    /// "field", "limit", "rule" or "retry_after_ms".
    package var kind: String
    package var subject: String
    package var value: String

    package init(kind: String, subject: String, value: String = "") {
      self.kind = kind
      self.subject = subject
      self.value = value
    }
  }

  package var code: StatusCode
  /// For people: what is wrong, and what to do.
  package var message: String
  package var details: [Detail]
  package var metadata: Metadata
  /// Whether no server has looked at the call, so that it may be tried again whatever
  /// it does.
  var isUntouched = false

  package init(
    _ code: StatusCode, _ message: String, details: [Detail] = [], metadata: Metadata = Metadata()
  ) {
    self.code = code
    self.message = message
    self.details = details
    self.metadata = metadata
  }

  package var description: String { "\(code.name): \(message)" }
}
