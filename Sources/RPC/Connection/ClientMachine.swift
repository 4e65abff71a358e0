/// A client's side of one connection, without any input or output; see `ServerMachine`.
struct ClientMachine {
  typealias Instant = ContinuousClock.Instant

  enum Event: Equatable {
    /// The server's Hello has come; calls may be opened.
    case ready
    case message(UInt32, [UInt8])
    case closed(UInt32, Frame.Close)
    case sendable(UInt32)
    /// A call has ended, or credit has come: one that waits may be opened.
    case mayOpen
    /// The server takes no calls after the last one named.
    case goingAway(Frame.GoAway)
    /// Nothing more will be read or said; the transport is closed after writing.
    case ended(Frame.GoAway?)
  }

  private struct Stream {
    var send: SendWindow
    var receive: ReceiveWindow
    var isHalfClosed: Bool
    var isBlocked = false
  }

  private let limits: Limits
  private var events: [Event] = []
  private var streams: [UInt32: Stream] = [:]
  private var keepAlive: KeepAlive
  private var lastStream: UInt32 = 0
  private var receive: ReceiveWindow
  private var send = SendWindow(size: 0)
  private var peerStreamCredit = 0
  private var peerStreams = 0
  private(set) var peerFrameBytes = 0
  private(set) var isReady = false
  private var isGoingAway = false
  private(set) var hasEnded = false
  private var blocked: [UInt32] = []

  init(_ limits: Limits, now: Instant) {
    self.limits = limits
    keepAlive = KeepAlive(limits, closesWhenIdle: false, now: now)
    receive = ReceiveWindow(size: limits.connectionCredit)
  }

  var openStreams: Int { streams.count }

  /// Whether a call may be opened just now.
  var canOpen: Bool {
    isReady && !isGoingAway && !hasEnded && streams.count < peerStreams && send.left > 0
      && lastStream < UInt32(Int32.max)
  }

  /// Whether this connection will never take another call.
  var isClosedToCalls: Bool { isGoingAway || hasEnded || lastStream >= UInt32(Int32.max) }

  mutating func takeEvents() -> [Event] {
    guard !events.isEmpty else { return [] }
    defer { events.removeAll(keepingCapacity: true) }
    return events
  }

  // MARK: - From the caller

  func greet(agent: String, _ output: OutputBuffer) {
    output.append(
      Frame(
        stream: 0,
        body: .hello(
          Frame.Hello(
            agent: agent, frameBytes: UInt32(limits.frameBytes),
            streamCredit: UInt32(limits.streamCredit),
            connectionCredit: UInt32(limits.connectionCredit),
            metadataBytes: UInt32(limits.metadataBytes)))))
  }

  /// Begins a call; only when `canOpen`.
  ///
  /// - Returns: its number.
  mutating func open(_ open: Frame.Open, now: Instant, _ output: OutputBuffer) -> UInt32 {
    precondition(canOpen, "a call for which the server has room")
    lastStream += 1
    var state = Stream(
      send: SendWindow(size: peerStreamCredit), receive: ReceiveWindow(size: limits.streamCredit),
      isHalfClosed: open.halfClose)
    if let payload = open.payload {
      send.send(payload.count)
      state.send.send(payload.count)
    }
    streams[lastStream] = state
    output.append(Frame(stream: lastStream, body: .open(open)))
    return lastStream
  }

  /// - Returns: false when there is no credit; `sendable` tells when to try again.
  mutating func send(_ payload: [UInt8], on stream: UInt32, _ output: OutputBuffer) -> Bool {
    guard var state = streams[stream], !state.isHalfClosed else { return true }
    let bytes = payload.count
    guard send.allows(bytes), state.send.allows(bytes) else {
      state.isBlocked = true
      streams[stream] = state
      if state.send.allows(bytes), !blocked.contains(stream) { blocked.append(stream) }
      return false
    }
    send.send(bytes)
    state.send.send(bytes)
    state.isBlocked = false
    streams[stream] = state
    output.append(Frame(stream: stream, body: .message(payload, encoding: 0)))
    return true
  }

  mutating func halfClose(_ stream: UInt32, _ output: OutputBuffer) {
    guard streams[stream]?.isHalfClosed == false else { return }
    streams[stream]?.isHalfClosed = true
    output.append(Frame(stream: stream, body: .halfClose))
  }

  /// Gives a call up; what still comes of it is dropped.
  mutating func cancel(_ stream: UInt32, _ output: OutputBuffer) {
    guard streams.removeValue(forKey: stream) != nil else { return }
    blocked.removeAll { $0 == stream }
    output.append(Frame(stream: stream, body: .cancel))
    events.append(.mayOpen)
    endIfGone()
  }

  /// The caller has taken a message, or what it never took is given up.
  mutating func took(_ bytes: Int, of stream: UInt32, _ output: OutputBuffer) {
    guard bytes > 0, !hasEnded else { return }
    if let credit = receive.take(bytes) {
      output.append(Frame(stream: 0, body: .credit(UInt32(credit))))
    }
    guard var state = streams[stream] else { return }
    let credit = state.receive.take(bytes)
    streams[stream] = state
    if let credit { output.append(Frame(stream: stream, body: .credit(UInt32(credit)))) }
  }

  /// Opens no more calls; the connection ends with the last that is open.
  mutating func close(_ output: OutputBuffer) {
    guard !hasEnded, !isGoingAway else { return }
    isGoingAway = true
    output.append(
      Frame(
        stream: 0,
        body: .goAway(Frame.GoAway(reason: .shutdown, message: "done", lastStream: 0))))
    endIfGone()
  }

  // MARK: - From the peer

  mutating func receivedBytes(isWithinFrame: Bool, now: Instant) {
    keepAlive.received(isWithinFrame: isWithinFrame, now: now)
  }

  mutating func received(
    _ frame: Frame, now: Instant, _ output: OutputBuffer
  ) throws(ProtocolViolation) {
    keepAlive.frameEnded()
    guard !hasEnded else { return }
    if !isReady {
      switch frame.body {
      case .hello(let hello) where frame.stream == 0: return try greeted(hello)
      // A server that has no room says so at once.
      case .goAway(let goAway) where frame.stream == 0: return receivedGoAway(goAway)
      default: throw ProtocolViolation("the first frame is no Hello")
      }
    }
    if frame.stream == 0 {
      try receivedOnConnection(frame.body, now: now, output)
    } else {
      try received(frame.body, on: frame.stream, output)
    }
  }

  private mutating func greeted(_ hello: Frame.Hello) throws(ProtocolViolation) {
    guard hello.version == 1 else {
      throw ProtocolViolation(
        .unsupportedVersion, "version \(hello.version) of the protocol; this client speaks 1")
    }
    let defaults = Limits()
    func size(_ value: UInt32, _ fallback: Int) -> Int {
      value == 0 ? fallback : min(Int(value), Int(Int32.max))
    }
    peerFrameBytes = size(hello.frameBytes, defaults.frameBytes)
    peerStreams = size(hello.streams, defaults.streams)
    peerStreamCredit = size(hello.streamCredit, defaults.streamCredit)
    send = SendWindow(size: size(hello.connectionCredit, defaults.connectionCredit))
    isReady = true
    keepAlive.greeted()
    events.append(.ready)
  }

  private mutating func receivedOnConnection(
    _ body: Frame.Body, now: Instant, _ output: OutputBuffer
  ) throws(ProtocolViolation) {
    switch body {
    case .ping(let opaque):
      guard !keepAlive.receivedPing(now: now) else {
        throw ProtocolViolation(
          .enhanceYourCalm, "more than \(limits.pingsPerTenSeconds) pings in 10 s")
      }
      output.append(Frame(stream: 0, body: .pong(opaque)))
    case .pong: break
    case .credit(let bytes):
      try send.grant(bytes)
      guard send.left > 0 else { return }
      for stream in blocked { events.append(.sendable(stream)) }
      blocked.removeAll(keepingCapacity: true)
      events.append(.mayOpen)
    case .goAway(let goAway): receivedGoAway(goAway)
    case .hello: throw ProtocolViolation("a second Hello")
    default: throw ProtocolViolation("a frame of a call on stream 0")
    }
  }

  private mutating func receivedGoAway(_ goAway: Frame.GoAway) {
    isGoingAway = true
    events.append(.goingAway(goAway))
    if goAway.reason != .shutdown {
      hasEnded = true
      events.append(.ended(goAway))
    } else {
      endIfGone()
    }
  }

  private mutating func received(
    _ body: Frame.Body, on stream: UInt32, _ output: OutputBuffer
  ) throws(ProtocolViolation) {
    guard stream <= lastStream else {
      throw ProtocolViolation("a frame of call \(stream), which was never opened")
    }
    switch body {
    case .message(let payload, let encoding):
      try receivedPayload(payload.count, stream, output)
      guard streams[stream] != nil else { return }
      guard encoding == 0 else {
        throw ProtocolViolation("encoding \(encoding) of messages is not known")
      }
      events.append(.message(stream, payload))
    case .close(let close):
      try receivedPayload(close.payload?.count ?? 0, stream, output)
      guard streams.removeValue(forKey: stream) != nil else { return }
      if !blocked.isEmpty { blocked.removeAll { $0 == stream } }
      events.append(.closed(stream, close))
      events.append(.mayOpen)
      endIfGone()
    case .credit(let bytes):
      guard var state = streams[stream] else {
        guard bytes > 0 else { throw ProtocolViolation(.flowControlError, "a credit of 0 bytes") }
        return
      }
      try state.send.grant(bytes)
      let mayTry = state.isBlocked && state.send.left > 0
      if mayTry { state.isBlocked = false }
      streams[stream] = state
      if mayTry {
        blocked.removeAll { $0 == stream }
        events.append(.sendable(stream))
      }
    default: throw ProtocolViolation("a frame that no server sends on call \(stream)")
    }
  }

  /// Counts a message; one of a call that was given up is returned at once.
  private mutating func receivedPayload(
    _ bytes: Int, _ stream: UInt32, _ output: OutputBuffer
  ) throws(ProtocolViolation) {
    guard bytes > 0 else { return }
    let overrun = ProtocolViolation(.flowControlError, "a message without credit for it")
    guard receive.receive(bytes) else { throw overrun }
    guard streams[stream] != nil else { return took(bytes, of: stream, output) }
    guard streams[stream]?.receive.receive(bytes) == true else { throw overrun }
  }

  // MARK: - From the clock

  var nextTick: Instant { keepAlive.next }

  mutating func tick(now: Instant, _ output: OutputBuffer) {
    guard !hasEnded else { return }
    switch keepAlive.check(now: now) {
    case .ping: output.append(Frame(stream: 0, body: .ping(UInt64(lastStream))))
    case .timedOut(let message): fail(ProtocolViolation(.timeout, message), output)
    case .idle, nil: break
    }
  }

  mutating func fail(_ violation: ProtocolViolation, _ output: OutputBuffer) {
    guard !hasEnded else { return }
    hasEnded = true
    let goAway = Frame.GoAway(
      reason: violation.reason, message: violation.message, lastStream: 0)
    output.append(Frame(stream: 0, body: .goAway(goAway)))
    events.append(.ended(goAway))
  }

  private mutating func endIfGone() {
    guard isGoingAway, !hasEnded, streams.isEmpty else { return }
    hasEnded = true
    events.append(.ended(nil))
  }
}
