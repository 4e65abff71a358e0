/// Options of one call.
package struct CallOptions: Sendable {
  /// How long the caller waits; nil for ever.
  package var timeout: Duration?
  package var metadata = Metadata()

  package init(timeout: Duration? = nil) { self.timeout = timeout }
}

/// Something that calls can be made on: a connection that opens itself anew, or a
/// server in the same process.
///
/// Cancelling the calling task cancels the call.
package protocol Channel: Sendable {
  /// One request, one response.
  func unary(
    _ method: String, _ request: [UInt8], options: CallOptions
  ) async throws(RPCError) -> [UInt8]

  /// Begins a call of any shape.
  func open(_ method: String, options: CallOptions) async throws(RPCError) -> ClientCall

  /// Ends open calls with UNAVAILABLE and lets go of the connection.
  func close() async
}
