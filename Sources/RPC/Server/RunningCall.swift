/// A call whose handler runs; between its connection and the handler's streams.
final class RunningCall: @unchecked Sendable {
  // Touched on the connection's loop only. The handler's side hops there.

  private struct Waiting {
    var payload: [UInt8]
    var continuation: CheckedContinuation<Result<Void, RPCError>, Never>
  }

  let info: ServerCall
  let stream: UInt32
  let connection: ServerConnection
  private let began: ContinuousClock.Instant
  private var task: Task<Void, Never>?

  // What the caller sends.
  private var requests: [[UInt8]] = []
  private var nextRequest = 0
  private var hasAllRequests = false
  private var reader: CheckedContinuation<Result<[UInt8]?, RPCError>, Never>?
  private var received = 0
  private var requestCount = 0
  /// With one request only, the handler must not get a second.
  private var takesOne = false

  // What the handler sends.
  private var writers: [Waiting] = []
  private var closing: Frame.Close?
  private var sent = 0
  private var responseCount = 0

  /// Once known, nothing more is sent.
  private var end: CallEnd?
  private var handlerHasEnded = false

  init(
    _ info: ServerCall, stream: UInt32, of connection: ServerConnection,
    now: ContinuousClock.Instant
  ) {
    self.info = info
    self.stream = stream
    self.connection = connection
    began = now
  }

  var loop: any Loop { connection.loop }

  // MARK: - From the connection

  /// Ends a call that no handler has seen.
  func refuse(_ error: RPCError) {
    handlerHasEnded = true
    finish(Frame.Close(error, call: info))
  }

  func begin(_ method: Method, payload: [UInt8]?, isWhole: Bool) {
    switch method.handler {
    case .unary(let body):
      takesOne = true
      hasAllRequests = isWhole
      if let payload {
        count(payload)
        connection.took(payload.count, of: self)
      }
      // As a rule everything has come with the Open.
      if let payload, isWhole { return start(method) { try await body(payload, $0.info) } }
      start(method) { try await body($0.onlyRequest(payload), $0.info) }
    case .streaming(let body):
      takesOne = !method.clientStreaming
      if let payload { self.received(payload) }
      if isWhole { receivedHalfClose() }
      start(method) {
        try await body(RequestStream(call: $0), ResponseWriter(call: $0, method), $0.info)
        return nil
      }
    }
  }

  /// Runs a handler to its end, wherever it belongs, and comes back to the loop.
  private func start(
    _ method: Method, _ body: @escaping @Sendable (RunningCall) async throws -> [UInt8]?
  ) {
    if method.executor == nil, #available(macOS 26, *) {
      // What ends at once takes no turn in the loop's queue.
      task = Task.immediate(executorPreference: loop) { [self] in await run(method, body) }
    } else {
      task = Task(executorPreference: method.executor ?? loop) { [self] in
        await run(method, body)
      }
    }
    // It may have ended already.
    if handlerHasEnded { task = nil }
  }

  private func run(
    _ method: Method, _ body: @escaping @Sendable (RunningCall) async throws -> [UInt8]?
  ) async {
    let close: Frame.Close
    do {
      let response = try await body(self)
      close = Frame.Close(code: 0, payload: response)
    } catch {
      close = Frame.Close(Self.status(of: error), call: info)
    }
    if loop.isCurrent {
      handlerEnded(close, method)
    } else {
      loop.execute { self.handlerEnded(close, method) }
    }
  }

  private static func status(of error: any Error) -> RPCError {
    switch error {
    case let error as RPCError: error
    case is CancellationError: RPCError(.cancelled, "cancelled")
    // What an unforeseen error says may be nobody's business.
    default: RPCError(.internal, "the server failed; its log says why")
    }
  }

  private func handlerEnded(_ close: Frame.Close, _ method: Method) {
    handlerHasEnded = true
    // What it never took goes back to the connection.
    for place in nextRequest..<max(nextRequest, requests.count) {
      connection.took(requests[place].count, of: self)
    }
    requests = []
    nextRequest = 0
    var close = close
    if close.code == 0, !method.serverStreaming, case .streaming = method.handler,
      responseCount != 1
    {
      close = Frame.Close(
        RPCError(.internal, "the server gave \(responseCount) responses instead of one"),
        call: info)
    }
    guard end == nil else { return connection.finished(self) }
    if let payload = close.payload { sent += payload.count }
    closing = close
    tryToSend()
  }

  func received(_ payload: [UInt8]) {
    guard end == nil, !handlerHasEnded else { return connection.took(payload.count, of: self) }
    count(payload)
    if takesOne, requestCount > 1 {
      connection.took(payload.count, of: self)
      return fail(RPCError(.invalidArgument, "the method takes one request; a second has come"))
    }
    if let reader {
      self.reader = nil
      connection.took(payload.count, of: self)
      reader.resume(returning: .success(payload))
    } else {
      requests.append(payload)
    }
  }

  private func count(_ payload: [UInt8]) {
    received += payload.count
    requestCount += 1
  }

  func receivedHalfClose() {
    hasAllRequests = true
    if takesOne, requestCount == 0 {
      return fail(RPCError(.invalidArgument, "the method takes one request; none has come"))
    }
    reader?.resume(returning: .success(nil))
    reader = nil
  }

  /// The call is over for the caller: cancelled, too late, or its connection is gone.
  func stop(_ code: StatusCode, _ message: String) {
    guard end == nil else { return }
    note(code, message)
    abandon(RPCError(code, message))
  }

  /// Closes a call that went wrong before its handler saw it.
  private func fail(_ error: RPCError) {
    guard end == nil, closing == nil else { return }
    closing = Frame.Close(error, call: info)
    abandon(error)
    tryToSend()
  }

  /// Makes the handler end.
  private func abandon(_ error: RPCError) {
    task?.cancel()
    reader?.resume(returning: .failure(error))
    reader = nil
    let waiting = writers
    writers = []
    for writer in waiting { writer.continuation.resume(returning: .failure(error)) }
    if handlerHasEnded { connection.finished(self) }
  }

  /// There may be room for what waits.
  func tryToSend() {
    guard end == nil else { return }
    while let first = writers.first {
      guard connection.send(first.payload, of: self) else { return }
      writers.removeFirst()
      first.continuation.resume(returning: .success(()))
    }
    if let closing { finish(closing) }
  }

  private func finish(_ close: Frame.Close) {
    closing = close
    guard connection.close(close, of: self) else { return }
    closing = nil
    note(StatusCode(rawValue: close.code) ?? .unknown, close.message)
    if handlerHasEnded { connection.finished(self) }
  }

  private func note(_ code: StatusCode, _ message: String) {
    // The loop's time stands still while a handler runs on it.
    let end = CallEnd(
      code: code, message: message, duration: .now - began, received: received, sent: sent)
    self.end = end
    connection.ended(self, end)
  }

  // MARK: - From the handler, on the loop

  func nextRequest(_ continuation: CheckedContinuation<Result<[UInt8]?, RPCError>, Never>) {
    if nextRequest < requests.count {
      let request = requests[nextRequest]
      nextRequest += 1
      if nextRequest == requests.count { (requests, nextRequest) = ([], 0) }
      connection.took(request.count, of: self)
      continuation.resume(returning: .success(request))
    } else if let end {
      continuation.resume(returning: .failure(RPCError(end.code, end.message)))
    } else if hasAllRequests {
      continuation.resume(returning: .success(nil))
    } else {
      reader = continuation
    }
  }

  func send(
    _ payload: [UInt8], _ method: Method,
    _ continuation: CheckedContinuation<Result<Void, RPCError>, Never>
  ) {
    if let end {
      return continuation.resume(returning: .failure(RPCError(end.code, end.message)))
    }
    responseCount += 1
    sent += payload.count
    if !method.serverStreaming, responseCount > 1 {
      return continuation.resume(
        returning: .failure(RPCError(.internal, "the method gives one response")))
    }
    writers.append(Waiting(payload: payload, continuation: continuation))
    if writers.count == 1 { tryToSend() }
  }

  /// The request of a unary call that did not come with its Open.
  private func onlyRequest(_ payload: [UInt8]?) async throws(RPCError) -> [UInt8] {
    let requests = RequestStream(call: self)
    var iterator = requests.makeAsyncIterator()
    var request = payload
    if request == nil { request = try await iterator.next() }
    // Whether more comes is known at the half-close only.
    _ = try await iterator.next()
    guard let request else {
      throw RPCError(.invalidArgument, "the method takes one request; none has come")
    }
    return request
  }
}

extension Frame.Close {
  /// An error with the number under which the server's log has the call.
  fileprivate init(_ error: RPCError, call: ServerCall) {
    self.init(error)
    metadata.add("request-id", String(call.id))
  }
}
