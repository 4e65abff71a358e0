/// A client's connection: the machine between a transport and the calls.
final class ClientConnection: ByteTransportHandler, @unchecked Sendable {
  // Touched on its loop only; what others call hops there first.

  /// A unary call waits for its answer here, and for nothing else.
  typealias UnaryContinuation = CheckedContinuation<Result<[UInt8], RPCError>, Never>

  private enum Call {
    case unary(UnaryContinuation, timer: (any LoopTimer)?)
    case streaming(ClientCall)
  }

  /// A call that waits until the server has room for it.
  private struct Pending {
    var id: UInt64
    var start: (ClientConnection) -> Void
    var fail: (RPCError) -> Void
  }

  let loop: any Loop
  private let transport: any ByteTransport
  private let limits: Limits
  private let agent: String
  private var machine: ClientMachine
  private var decoder: FrameDecoder
  private let output = OutputBuffer()
  private var calls: [UInt32: Call] = [:]
  private var pending: [Pending] = []
  private var firstPending = 0
  private var nextPending: UInt64 = 0
  private var willFlush = false
  private var timer: (any LoopTimer)?
  private var timerTime: ContinuousClock.Instant?
  private var isPaused = false
  /// Whether a call waits until less is queued.
  private var waitsForRoom = false
  private(set) var isClosed = false
  private var lastGoAway: Frame.GoAway?
  /// Told when the connection takes no more calls.
  private let onClosed: @Sendable () -> Void

  init(
    _ transport: any ByteTransport, on loop: any Loop, limits: Limits, agent: String,
    onClosed: @escaping @Sendable () -> Void
  ) {
    self.transport = transport
    self.loop = loop
    self.limits = limits
    self.agent = agent
    self.onClosed = onClosed
    machine = ClientMachine(limits, now: loop.now)
    decoder = FrameDecoder(limit: limits.frameBytes)
  }

  func start() {
    transport.handler = self
    machine.greet(agent: agent, output)
    transport.start()
    flushLater()
  }

  /// Whether it will take calls.
  var takesCalls: Bool { !isClosed && !machine.isClosedToCalls }

  // MARK: - Calls, on the loop

  /// - Returns: a number by which `cancelUnary` knows it.
  func unary(
    _ open: Frame.Open, timeout: Duration?, cancelled: CancelBox,
    _ continuation: UnaryContinuation
  ) {
    if let payload = open.payload, let error = oversize(payload) {
      return continuation.resume(returning: .failure(error))
    }
    whenOpen { connection in
      guard !cancelled.isCancelled else {
        return continuation.resume(returning: .failure(RPCError(.cancelled, "cancelled")))
      }
      let stream = connection.machine.open(open, now: connection.loop.now, connection.output)
      cancelled.stream = stream
      let timer = timeout.map { timeout in
        connection.loop.schedule(after: timeout + .milliseconds(20)) { [weak connection] in
          connection?.endUnary(stream, RPCError(.deadlineExceeded, "the deadline has passed"))
        }
      }
      connection.calls[stream] = .unary(continuation, timer: timer)
      connection.flushLater()
    } fail: { error in
      continuation.resume(returning: .failure(error))
    }
  }

  /// Gives a unary call up.
  func endUnary(_ stream: UInt32, _ error: RPCError) {
    guard case .unary(let continuation, let timer)? = calls.removeValue(forKey: stream) else {
      return
    }
    timer?.cancel()
    machine.cancel(stream, output)
    continuation.resume(returning: .failure(error))
    handleEvents()
  }

  func open(
    _ open: Frame.Open, timeout: Duration?,
    _ continuation: CheckedContinuation<Result<ClientCall, RPCError>, Never>
  ) {
    whenOpen { connection in
      let stream = connection.machine.open(open, now: connection.loop.now, connection.output)
      let call = ClientCall(connection, stream: stream, timeout: timeout)
      connection.calls[stream] = .streaming(call)
      connection.flushLater()
      continuation.resume(returning: .success(call))
    } fail: { error in
      continuation.resume(returning: .failure(error))
    }
  }

  private func whenOpen(
    _ start: @escaping (ClientConnection) -> Void, fail: @escaping (RPCError) -> Void
  ) {
    guard takesCalls else { return fail(gone) }
    if pending.isEmpty, machine.canOpen { return start(self) }
    nextPending += 1
    pending.append(Pending(id: nextPending, start: start, fail: fail))
  }

  private func startPending() {
    while firstPending < pending.count, machine.canOpen {
      let next = pending[firstPending]
      firstPending += 1
      next.start(self)
    }
    if firstPending == pending.count {
      pending.removeAll(keepingCapacity: true)
      firstPending = 0
    } else if firstPending > 1024 {
      pending.removeFirst(firstPending)
      firstPending = 0
    }
  }

  private func failPending(_ error: RPCError) {
    let waiting = pending[firstPending...]
    pending = []
    firstPending = 0
    for call in waiting { call.fail(error) }
  }

  /// The error of a call that no server has looked at, and that may be tried again.
  private var gone: RPCError {
    var error = RPCError(
      .unavailable, lastGoAway.map { "the server went away: \($0.message)" } ?? "not connected")
    error.isUntouched = true
    return error
  }

  /// Why a message cannot be sent at all.
  func oversize(_ payload: [UInt8]) -> RPCError? {
    let limit = machine.isReady ? machine.peerFrameBytes : limits.frameBytes
    // The envelope takes a few hundred bytes of the frame.
    guard payload.count > limit - 1024 else { return nil }
    return RPCError(
      .resourceExhausted, "a message of \(payload.count) bytes; the server reads at most \(limit)",
      details: [.init(kind: "limit", subject: "max_frame_bytes", value: String(limit))])
  }

  func send(_ payload: [UInt8], on stream: UInt32) -> Bool {
    guard !isClosed else { return true }
    guard transport.queuedBytes + output.count < limits.writeBuffer else {
      waitsForRoom = true
      return false
    }
    guard machine.send(payload, on: stream, output) else { return false }
    flushLater()
    return true
  }

  func halfClose(_ stream: UInt32) {
    guard !isClosed else { return }
    machine.halfClose(stream, output)
    flushLater()
  }

  func cancel(_ stream: UInt32) {
    guard !isClosed else { return }
    machine.cancel(stream, output)
    handleEvents()
  }

  func took(_ bytes: Int, of stream: UInt32) {
    guard !isClosed else { return }
    machine.took(bytes, of: stream, output)
    flushLater()
  }

  func forget(_ stream: UInt32) { calls[stream] = nil }

  /// Ends the connection when its calls have ended.
  func close() {
    machine.close(output)
    handleEvents()
  }

  func abort() { transport.abort() }

  // MARK: - Of the transport

  func received(_ bytes: UnsafeRawBufferPointer) {
    guard !machine.hasEnded else { return }
    do throws(ProtocolViolation) {
      try decoder.decode(bytes) { frame throws(ProtocolViolation) in
        try machine.received(frame, now: loop.now, output)
        handleEvents()
      }
      machine.receivedBytes(isWithinFrame: decoder.isWithinFrame, now: loop.now)
    } catch {
      machine.fail(error, output)
    }
    handleEvents()
  }

  func drained() {
    waitsForRoom = false
    guard !isClosed else { return }
    if isPaused {
      isPaused = false
      transport.resumeReading()
    }
    for case .streaming(let call) in calls.values { call.tryToSend() }
  }

  func closed(reason: String?) {
    guard !isClosed else { return }
    isClosed = true
    timer?.cancel()
    let why = lastGoAway?.message ?? reason ?? "the server closed the connection"
    let open = calls
    calls = [:]
    for (stream, call) in open {
      var error = RPCError(.unavailable, "the connection was lost: \(why)")
      error.isUntouched = lastGoAway.map { stream > $0.lastStream } ?? false
      end(call, error)
    }
    var error = RPCError(.unavailable, "the connection was lost: \(why)")
    error.isUntouched = true
    failPending(error)
    onClosed()
  }

  private func end(_ call: Call, _ error: RPCError) {
    switch call {
    case .unary(let continuation, let timer):
      timer?.cancel()
      continuation.resume(returning: .failure(error))
    case .streaming(let call): call.failed(error)
    }
  }

  // MARK: - Events

  private func handleEvents() {
    var events = machine.takeEvents()
    while !events.isEmpty {
      for event in events { handle(event) }
      events = machine.takeEvents()
    }
    flushLater()
  }

  private func handle(_ event: ClientMachine.Event) {
    switch event {
    case .ready, .mayOpen: startPending()
    case .message(let stream, let payload):
      if case .streaming(let call)? = calls[stream] {
        call.deliver(payload)
      } else {
        took(payload.count, of: stream)
      }
    case .closed(let stream, let close):
      guard let call = calls.removeValue(forKey: stream) else { return }
      switch call {
      case .unary(let continuation, let timer):
        timer?.cancel()
        took(close.payload?.count ?? 0, of: stream)
        continuation.resume(
          returning: close.code == 0
            ? .success(close.payload ?? []) : .failure(RPCError(close)))
      case .streaming(let call): call.closed(close)
      }
    case .sendable(let stream):
      if case .streaming(let call)? = calls[stream] { call.tryToSend() }
    case .goingAway(let goAway):
      lastGoAway = goAway
      failPending(gone)
      onClosed()
      // The server closes these itself, unless it is gone already.
      for (stream, call) in calls where stream > goAway.lastStream && goAway.reason == .shutdown {
        calls[stream] = nil
        var error = RPCError(.unavailable, "the server went away: \(goAway.message)")
        error.isUntouched = true
        machine.cancel(stream, output)
        end(call, error)
      }
    case .ended(let goAway):
      lastGoAway = goAway ?? lastGoAway
      flush()
      transport.closeAfterWriting()
    }
  }

  // MARK: - Writing and time

  private func flushLater() {
    guard !willFlush, !isClosed else { return }
    willFlush = true
    loop.beforeWaiting { self.flush() }
  }

  private func flush() {
    willFlush = false
    guard !isClosed else { return }
    if !output.isEmpty {
      output.withBytes { transport.write($0) }
      output.removeAll()
      // What is written at once the transport never tells.
      if waitsForRoom, transport.queuedBytes == 0 { loop.execute { self.drained() } }
    }
    if transport.queuedBytes > limits.writeBuffer, !isPaused {
      isPaused = true
      transport.pauseReading()
    }
    setTimer()
  }

  private func setTimer() {
    guard !machine.hasEnded else { return }
    let next = machine.nextTick
    if let timerTime, timerTime <= next { return }
    timer?.cancel()
    timerTime = next
    timer = loop.schedule(after: next - loop.now) { self.tick() }
  }

  private func tick() {
    timerTime = nil
    guard !isClosed else { return }
    machine.tick(now: ContinuousClock.now, output)
    handleEvents()
  }
}

/// Which call a cancellation is about, once it has a number.
final class CancelBox: @unchecked Sendable {
  // Touched on the connection's loop only.
  var isCancelled = false
  var stream: UInt32?
}
