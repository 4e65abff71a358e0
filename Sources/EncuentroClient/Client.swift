package import EncuentroWire
package import RPC

/// Typed calls to a server, over a channel that opens itself anew.
///
/// All throw `RPCError`; what a server answers and this program does not understand is
/// INTERNAL.
package struct Client: Sendable {
  package let channel: any Channel
  /// How long each call may take; nil for ever.
  package var timeout: Duration?

  package init(_ channel: any Channel, timeout: Duration? = nil) {
    self.channel = channel
    self.timeout = timeout
  }

  /// One request, one response.
  package func call<Request, Response>(
    _ method: WireMethod<Request, Response>, _ request: Request
  ) async throws(RPCError) -> Response {
    try Self.decode(
      await channel.unary(method.name, request.encoded(), options: CallOptions(timeout: timeout)))
  }

  /// One request, one response, whose bytes nobody reads: for measuring.
  package func bytes<Request, Response>(
    _ method: WireMethod<Request, Response>, _ request: Request
  ) async throws(RPCError) -> [UInt8] {
    try await channel.unary(
      method.name, request.encoded(), options: CallOptions(timeout: timeout))
  }

  /// One request, many responses, each given to `receive` as it comes.
  package func stream<Request, Response>(
    _ method: WireMethod<Request, Response>, _ request: Request,
    receive: (Response) async throws -> Void
  ) async throws {
    let call = try await channel.open(method.name, options: CallOptions(timeout: timeout))
    try await Self.cancelling(call) {
      try await call.send(request.encoded())
      call.finishSending()
      for try await bytes in call.responses { try await receive(Self.decode(bytes)) }
    }
  }

  /// Many requests, one response.
  package func upload<Request: Sendable, Response>(
    _ method: WireMethod<Request, Response>, _ requests: some Sequence<Request>
  ) async throws -> Response {
    let call = try await channel.open(method.name, options: CallOptions(timeout: timeout))
    return try await Self.cancelling(call) {
      do {
        for request in requests { try await call.send(request.encoded()) }
        call.finishSending()
      } catch {
        // The server has ended the call already; its answer says why.
      }
      var answer: Response?
      for try await bytes in call.responses { answer = try Self.decode(bytes) }
      guard let answer else { throw RPCError(.internal, "the server gave no answer") }
      return answer
    }
  }

  private static func cancelling<Value>(
    _ call: ClientCall, _ body: () async throws -> Value
  ) async throws -> Value {
    do {
      return try await withTaskCancellationHandler(operation: body) { call.cancel() }
    } catch {
      call.cancel()
      throw error
    }
  }

  private static func decode<Response: WireMessage>(
    _ bytes: [UInt8]
  ) throws(RPCError) -> Response {
    do {
      return try Response.decode(bytes)
    } catch {
      throw RPCError(.internal, "the server's answer cannot be read: \(error)")
    }
  }
}
