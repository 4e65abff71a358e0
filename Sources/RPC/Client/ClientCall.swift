/// A call under way, as its caller sees it. For one writer and one reader.
package final class ClientCall: @unchecked Sendable {
  // Touched on the connection's loop only; the caller's side hops there.

  private struct Waiting {
    var payload: [UInt8]
    var continuation: CheckedContinuation<Result<Void, RPCError>, Never>
  }

  private enum End {
    case ok
    case failed(RPCError)

    var error: RPCError? {
      if case .failed(let error) = self { return error }
      return nil
    }
  }

  private let connection: ClientConnection
  let stream: UInt32
  private var timer: (any LoopTimer)?
  private var received: [[UInt8]] = []
  private var nextReceived = 0
  private var reader: CheckedContinuation<Result<[UInt8]?, RPCError>, Never>?
  private var writers: [Waiting] = []
  private var halfClosesWhenSent = false
  private var end: End?

  init(_ connection: ClientConnection, stream: UInt32, timeout: Duration?) {
    self.connection = connection
    self.stream = stream
    if let timeout {
      // The server answers at the deadline itself; this is for when it does not.
      timer = connection.loop.schedule(after: timeout + .milliseconds(20)) { [weak self] in
        self?.giveUp(RPCError(.deadlineExceeded, "the deadline has passed"))
      }
    }
  }

  // MARK: - The caller's side

  /// Sends a request; waits while the server has no room for it.
  ///
  /// - Throws: `RPCError` when the call is over; `responses` says why as well.
  package func send(_ message: [UInt8]) async throws(RPCError) {
    let result: Result<Void, RPCError> = await withCheckedContinuation { continuation in
      onLoop { $0.write(message, continuation) }
    }
    try result.get()
  }

  /// No more requests will follow.
  package func finishSending() {
    onLoop { call in
      call.halfClosesWhenSent = true
      call.tryToSend()
    }
  }

  /// The responses in their order; each that is taken lets the server send more. The
  /// sequence ends with the call, and throws its `RPCError` when it did not end well.
  package var responses: Responses { Responses(call: self) }

  /// Gives the call up; its streams end with CANCELLED.
  package func cancel() {
    onLoop { $0.giveUp(RPCError(.cancelled, "cancelled")) }
  }

  package struct Responses: AsyncSequence, Sendable {
    fileprivate let call: ClientCall

    package struct AsyncIterator: AsyncIteratorProtocol {
      fileprivate let call: ClientCall

      package mutating func next() async throws(RPCError) -> [UInt8]? {
        let result: Result<[UInt8]?, RPCError> = await withCheckedContinuation { continuation in
          call.onLoop { $0.read(continuation) }
        }
        return try result.get()
      }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(call: call) }
  }

  private func onLoop(_ body: @escaping @Sendable (ClientCall) -> Void) {
    if connection.loop.isCurrent { body(self) } else { connection.loop.execute { body(self) } }
  }

  // MARK: - On the loop

  private func write(
    _ payload: [UInt8], _ continuation: CheckedContinuation<Result<Void, RPCError>, Never>
  ) {
    if let end {
      let error = end.error ?? RPCError(.failedPrecondition, "the call has ended")
      return continuation.resume(returning: .failure(error))
    }
    if let error = connection.oversize(payload) {
      return continuation.resume(returning: .failure(error))
    }
    writers.append(Waiting(payload: payload, continuation: continuation))
    if writers.count == 1 { tryToSend() }
  }

  private func read(_ continuation: CheckedContinuation<Result<[UInt8]?, RPCError>, Never>) {
    if nextReceived < received.count {
      let response = received[nextReceived]
      nextReceived += 1
      if nextReceived == received.count { (received, nextReceived) = ([], 0) }
      connection.took(response.count, of: stream)
      continuation.resume(returning: .success(response))
    } else if let end {
      continuation.resume(returning: end.error.map { .failure($0) } ?? .success(nil))
    } else {
      reader = continuation
    }
  }

  func deliver(_ payload: [UInt8]) {
    guard end == nil else { return connection.took(payload.count, of: stream) }
    if let reader {
      self.reader = nil
      connection.took(payload.count, of: stream)
      reader.resume(returning: .success(payload))
    } else {
      received.append(payload)
    }
  }

  func tryToSend() {
    guard end == nil else { return }
    while let first = writers.first {
      guard connection.send(first.payload, on: stream) else { return }
      writers.removeFirst()
      first.continuation.resume(returning: .success(()))
    }
    if halfClosesWhenSent { connection.halfClose(stream) }
  }

  func closed(_ close: Frame.Close) {
    if close.code == 0 {
      if let payload = close.payload { deliver(payload) }
      finish(.ok)
    } else {
      finish(.failed(RPCError(close)))
    }
  }

  func failed(_ error: RPCError) { finish(.failed(error)) }

  private func giveUp(_ error: RPCError) {
    guard end == nil else { return }
    connection.cancel(stream)
    finish(.failed(error))
  }

  private func finish(_ end: End) {
    guard self.end == nil else { return }
    self.end = end
    timer?.cancel()
    timer = nil
    if end.error != nil {
      // What nobody will read after an error goes back to the connection.
      for place in nextReceived..<max(nextReceived, received.count) {
        connection.took(received[place].count, of: stream)
      }
      (received, nextReceived) = ([], 0)
    }
    reader?.resume(returning: end.error.map { .failure($0) } ?? .success(nil))
    reader = nil
    let error = end.error ?? RPCError(.failedPrecondition, "the server has ended the call")
    let waiting = writers
    writers = []
    for writer in waiting { writer.continuation.resume(returning: .failure(error)) }
    connection.forget(stream)
  }
}

extension RPCError {
  init(_ close: Frame.Close) {
    self.init(
      StatusCode(rawValue: close.code) ?? .unknown, close.message, details: close.details,
      metadata: close.metadata)
  }
}
