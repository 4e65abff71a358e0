/// A server's connection: the machine between a transport and the handlers.
final class ServerConnection: ByteTransportHandler, @unchecked Sendable {
  // Touched on its loop only; what others call hops there first.
  let loop: any Loop
  private let transport: any ByteTransport
  private unowned let server: Server
  private var machine: ServerMachine
  private var decoder: FrameDecoder
  private let output = OutputBuffer()
  private var calls: [UInt32: RunningCall] = [:]
  private var last: Method?
  private var willFlush = false
  private var timer: (any LoopTimer)?
  private var timerTime: ContinuousClock.Instant?
  private var isPaused = false
  /// Whether a call waits until less is queued.
  private var waitsForRoom = false
  private var isClosed = false
  private(set) var goAway: Frame.GoAway?
  private var bytesReceived = 0

  init(_ transport: any ByteTransport, on loop: any Loop, of server: Server) {
    self.transport = transport
    self.loop = loop
    self.server = server
    machine = ServerMachine(server.limits, now: loop.now)
    decoder = FrameDecoder(limit: server.limits.frameBytes)
  }

  var peer: String { transport.peer }

  func start() {
    transport.handler = self
    machine.greet(agent: server.agent, output)
    transport.start()
    flushLater()
  }

  /// Refuses a connection for which there is no room.
  func refuse() {
    start()
    machine.fail(
      ProtocolViolation(
        .enhanceYourCalm, "the server has \(server.limits.connections) connections already"),
      output)
    handleEvents()
  }

  func abort() { transport.abort() }

  func drain() {
    machine.drain(output)
    handleEvents()
  }

  // MARK: - Of the transport

  func received(_ bytes: UnsafeRawBufferPointer) {
    guard !machine.hasEnded else { return }
    bytesReceived += bytes.count
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
    for call in calls.values { call.tryToSend() }
    handleEvents()
  }

  func closed(reason: String?) {
    guard !isClosed else { return }
    isClosed = true
    timer?.cancel()
    for call in calls.values { call.stop(.cancelled, "the connection was closed") }
    server.closed(self, goAway: goAway, reason: reason)
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

  private func handle(_ event: ServerMachine.Event) {
    switch event {
    case .opened(let stream, let open, let deadline): begin(stream, open, deadline)
    case .message(let stream, let payload): calls[stream]?.received(payload)
    case .halfClosed(let stream): calls[stream]?.receivedHalfClose()
    case .stopped(let stream, let code):
      calls[stream]?.stop(
        code, code == .deadlineExceeded ? "the deadline has passed" : "cancelled")
    case .sendable(let stream): calls[stream]?.tryToSend()
    case .ended(let goAway):
      self.goAway = goAway
      flush()
      transport.closeAfterWriting()
      // A peer that reads nothing must not keep the connection.
      timer?.cancel()
      timer = loop.schedule(after: .seconds(5)) { [transport] in transport.abort() }
    }
  }

  private func begin(
    _ stream: UInt32, _ open: Frame.Open, _ deadline: ContinuousClock.Instant?
  ) {
    let info = ServerCall(
      method: open.method, metadata: open.metadata, deadline: deadline, peer: transport.peer,
      id: server.nextCallID())
    let call = RunningCall(info, stream: stream, of: self, now: loop.now)
    calls[stream] = call
    guard let method = method(open.method) else {
      return call.refuse(
        RPCError(.unimplemented, "the server has no method '\(open.method)'; see ServerInfo"))
    }
    do throws(RPCError) {
      for interceptor in server.interceptors { try interceptor.began(info) }
    } catch { return call.refuse(error) }
    call.begin(method, payload: open.payload, isWhole: open.halfClose)
  }

  /// The server's method of a name. As a rule it is the one that was called last, and
  /// its name the same string.
  private func method(_ name: String) -> Method? {
    if let last, last.name == name { return last }
    guard let found = server.methods[name] else { return nil }
    last = found
    return found
  }

  // MARK: - Of the calls, on the loop

  /// - Returns: false when it has to wait.
  func send(_ payload: [UInt8], of call: RunningCall) -> Bool {
    guard !isClosed else { return true }
    guard hasRoom, machine.send(payload, on: call.stream, output) else { return false }
    flushLater()
    return true
  }

  /// - Returns: false when it has to wait.
  func close(_ close: Frame.Close, of call: RunningCall) -> Bool {
    guard !isClosed else { return true }
    guard close.payload == nil || hasRoom, machine.close(call.stream, close, output) else {
      return false
    }
    flushLater()
    return true
  }

  /// Whether a message may be queued; if not, its call is told later.
  private var hasRoom: Bool {
    let hasRoom = transport.queuedBytes + output.count < server.limits.writeBuffer
    if !hasRoom { waitsForRoom = true }
    return hasRoom
  }

  func took(_ bytes: Int, of call: RunningCall) {
    guard bytes > 0, !isClosed else { return }
    machine.took(bytes, of: call.stream, output)
    flushLater()
  }

  /// The handler has ended.
  func ended(_ call: RunningCall, _ end: CallEnd) {
    for interceptor in server.interceptors.reversed() { interceptor.ended(call.info, end) }
  }

  func finished(_ call: RunningCall) {
    calls[call.stream] = nil
    guard !isClosed else { return }
    machine.handlerEnded(call.stream, now: loop.now)
    handleEvents()
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
    if transport.queuedBytes > server.limits.writeBuffer, !isPaused {
      isPaused = true
      transport.pauseReading()
    }
    setTimer()
  }

  private func setTimer() {
    guard !machine.hasEnded else { return }
    let next = machine.nextTick
    // An alarm that comes too early does no harm; one for each call would.
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

  var openCalls: Int { calls.count }
}
