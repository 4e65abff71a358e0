/// One method that a server offers, as plain async functions over bytes.
///
/// A handler runs in a task of its own, which is cancelled when the caller cancels,
/// its deadline passes, or its connection closes; the status is sent at once then, and
/// what the handler still gives is dropped. It runs on the connection's event loop, so
/// it must not compute for long there; `executor` moves it elsewhere.
package struct Method: Sendable {
  package typealias Unary =
    @Sendable (_ request: [UInt8], _ call: ServerCall) async throws ->
    [UInt8]
  package typealias Streaming =
    @Sendable (
      _ requests: RequestStream, _ responses: ResponseWriter, _ call: ServerCall
    ) async throws -> Void

  enum Handler: Sendable {
    case unary(Unary)
    case streaming(Streaming)
  }

  /// "encuentro.v1.Matchmaking/SuggestPartners".
  package let name: String
  package let clientStreaming: Bool
  package let serverStreaming: Bool
  /// Where the handler runs; nil for the connection's event loop.
  package let executor: (any TaskExecutor)?
  let handler: Handler

  /// One request, one response.
  package static func unary(
    _ name: String, on executor: (any TaskExecutor)? = nil, _ body: @escaping Unary
  ) -> Method {
    Method(
      name: name, clientStreaming: false, serverStreaming: false, executor: executor,
      handler: .unary(body))
  }

  /// Any other shape. Without client streaming the runtime sees to it that there is
  /// just one request; without server streaming, just one response.
  package static func streaming(
    _ name: String, client: Bool, server: Bool, on executor: (any TaskExecutor)? = nil,
    _ body: @escaping Streaming
  ) -> Method {
    Method(
      name: name, clientStreaming: client, serverStreaming: server, executor: executor,
      handler: .streaming(body))
  }
}

/// What a handler is told of its call.
package struct ServerCall: Sendable {
  package var method: String
  package var metadata: Metadata
  /// nil for none.
  package var deadline: ContinuousClock.Instant?
  /// "ipv4:127.0.0.1:52011", or "in-process".
  package var peer: String
  /// Unique among the calls of this process; also in logs and in the Close's metadata.
  package var id: UInt64
}

/// Around every call of a server: logging, metrics, limits. The first sees the call
/// first and its end last.
package protocol ServerInterceptor: Sendable {
  /// Called on the event loop before the handler is started; must be quick.
  ///
  /// - Throws: what the call is to be closed with instead.
  func began(_ call: ServerCall) throws(RPCError)

  /// Called on the event loop when the call's Close is sent.
  func ended(_ call: ServerCall, _ end: CallEnd)
}

/// How a call went.
package struct CallEnd: Sendable {
  package var code: StatusCode
  package var message: String
  package var duration: Duration
  /// Bytes of messages.
  package var received: Int
  package var sent: Int
}
