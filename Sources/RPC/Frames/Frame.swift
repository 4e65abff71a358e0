/// One frame, as Protos/encuentro/rpc/v1/frame.proto describes it.
struct Frame: Equatable, Sendable {
  /// The call; 0 for the connection.
  var stream: UInt32
  var body: Body

  enum Body: Equatable, Sendable {
    case hello(Hello)
    case open(Open)
    /// An encoding other than 0 is not known.
    case message([UInt8], encoding: UInt32)
    case halfClose
    case close(Close)
    case cancel
    case credit(UInt32)
    case ping(UInt64)
    case pong(UInt64)
    case goAway(GoAway)
  }

  /// What a side is, and what it accepts; 0 for the default.
  struct Hello: Equatable, Sendable {
    var version: UInt32 = 1
    var agent = ""
    var frameBytes: UInt32 = 0
    var streams: UInt32 = 0
    var streamCredit: UInt32 = 0
    var connectionCredit: UInt32 = 0
    var metadataBytes: UInt32 = 0
  }

  struct Open: Equatable, Sendable {
    var method: String
    /// Microseconds; 0 for ever.
    var timeout: UInt64 = 0
    var metadata = Metadata()
    /// The first message, if there is one.
    var payload: [UInt8]?
    var halfClose = false
  }

  struct Close: Equatable, Sendable {
    var code: UInt32
    var message = ""
    var metadata = Metadata()
    var details: [RPCError.Detail] = []
    /// The last message, if there is one.
    var payload: [UInt8]?
  }

  struct GoAway: Equatable, Sendable {
    var reason: Reason
    var message: String
    var lastStream: UInt32

    enum Reason: UInt32, Sendable, CaseIterable {
      case shutdown = 0
      case protocolError = 1
      case frameTooLarge = 2
      case flowControlError = 3
      case timeout = 4
      case unsupportedVersion = 5
      case enhanceYourCalm = 6
      case `internal` = 7
    }
  }
}

/// Why a peer's bytes are against the protocol; the connection is closed with it.
struct ProtocolViolation: Error, Equatable, Sendable {
  var reason: Frame.GoAway.Reason
  var message: String

  init(_ reason: Frame.GoAway.Reason, _ message: String) {
    self.reason = reason
    self.message = message
  }

  init(_ message: String) { self.init(.protocolError, message) }
}
