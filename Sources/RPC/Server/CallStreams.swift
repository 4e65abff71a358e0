/// The requests of a call in their order; each that is taken lets the caller send more.
/// For one reader.
package struct RequestStream: AsyncSequence, Sendable {
  let call: RunningCall

  package struct AsyncIterator: AsyncIteratorProtocol {
    let call: RunningCall

    /// The next request; nil when the caller has sent all.
    ///
    /// - Throws: `RPCError` when the call is over.
    package mutating func next() async throws(RPCError) -> [UInt8]? {
      let call = call
      let result: Result<[UInt8]?, RPCError> = await withCheckedContinuation { continuation in
        if call.loop.isCurrent {
          call.nextRequest(continuation)
        } else {
          call.loop.execute { call.nextRequest(continuation) }
        }
      }
      return try result.get()
    }
  }

  package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(call: call) }
}

/// Where a handler sends its responses.
package struct ResponseWriter: Sendable {
  private let call: RunningCall
  private let method: Method

  init(call: RunningCall, _ method: Method) {
    self.call = call
    self.method = method
  }

  /// Sends a response; waits while the caller has no room for it.
  ///
  /// - Throws: `RPCError` when the call is over.
  package func send(_ message: [UInt8]) async throws(RPCError) {
    let (call, method) = (call, method)
    let result: Result<Void, RPCError> = await withCheckedContinuation { continuation in
      if call.loop.isCurrent {
        call.send(message, method, continuation)
      } else {
        call.loop.execute { call.send(message, method, continuation) }
      }
    }
    try result.get()
  }
}
