/// A server's side of one connection, without any input or output: frames and time go
/// in; frames go to a buffer, and events come out. The states are those of
/// Protos/PROTOCOL.md.
struct ServerMachine {
  typealias Instant = ContinuousClock.Instant

  enum Event: Equatable {
    /// A call begins.
    case opened(UInt32, Frame.Open, deadline: Instant?)
    case message(UInt32, [UInt8])
    case halfClosed(UInt32)
    /// The call's Close has been sent for this reason; its handler is to stop.
    case stopped(UInt32, StatusCode)
    /// What had to wait may be tried again.
    case sendable(UInt32)
    /// Nothing more will be read or said; the transport is closed after writing.
    case ended(Frame.GoAway?)
  }

  private struct Stream {
    var send: SendWindow
    var receive: ReceiveWindow
    var isHalfClosed: Bool
    /// The Close has been sent; the handler has not ended.
    var isClosed = false
    var hasDeadline: Bool
    /// Whether something waits for credit.
    var isBlocked = false
  }

  private let limits: Limits
  private(set) var events: [Event] = []
  private var streams: [UInt32: Stream] = [:]
  private var deadlines = DeadlineHeap()
  private var keepAlive: KeepAlive
  private var lastStream: UInt32 = 0
  private var receive: ReceiveWindow
  private var send: SendWindow
  /// What the client holds for a call.
  private var peerStreamCredit = 0
  private var isGreeted = false
  private var isDraining = false
  private(set) var hasEnded = false
  private var blocked: [UInt32] = []

  /// - Parameter now: the time of the connection.
  init(_ limits: Limits, now: Instant) {
    self.limits = limits
    keepAlive = KeepAlive(limits, closesWhenIdle: true, now: now)
    receive = ReceiveWindow(size: limits.connectionCredit)
    send = SendWindow(size: 0)
  }

  /// Calls whose handlers have not ended.
  var openStreams: Int { streams.count }

  mutating func takeEvents() -> [Event] {
    guard !events.isEmpty else { return [] }
    defer { events.removeAll(keepingCapacity: true) }
    return events
  }

  // MARK: - From the peer

  /// Says Hello; the first thing on a connection.
  func greet(agent: String, _ output: OutputBuffer) {
    output.append(
      Frame(
        stream: 0,
        body: .hello(
          Frame.Hello(
            agent: agent, frameBytes: UInt32(limits.frameBytes), streams: UInt32(limits.streams),
            streamCredit: UInt32(limits.streamCredit),
            connectionCredit: UInt32(limits.connectionCredit),
            metadataBytes: UInt32(limits.metadataBytes)))))
  }

  /// Takes a frame.
  ///
  /// - Throws: `ProtocolViolation`; then `fail` is to be called.
  mutating func received(
    _ frame: Frame, now: Instant, _ output: OutputBuffer
  ) throws(ProtocolViolation) {
    keepAlive.frameEnded()
    guard !hasEnded else { return }
    guard isGreeted else {
      guard frame.stream == 0, case .hello(let hello) = frame.body else {
        throw ProtocolViolation("the first frame is no Hello")
      }
      return try greeted(hello)
    }
    if frame.stream == 0 {
      try receivedOnConnection(frame.body, now: now, output)
    } else {
      try received(frame.body, on: frame.stream, now: now, output)
    }
  }

  /// Bytes have come; whether they end within a frame.
  mutating func receivedBytes(isWithinFrame: Bool, now: Instant) {
    keepAlive.received(isWithinFrame: isWithinFrame, now: now)
  }

  private mutating func greeted(_ hello: Frame.Hello) throws(ProtocolViolation) {
    guard hello.version == 1 else {
      throw ProtocolViolation(
        .unsupportedVersion, "version \(hello.version) of the protocol; this server speaks 1")
    }
    let defaults = Limits()
    func size(_ value: UInt32, _ fallback: Int) -> Int {
      value == 0 ? fallback : min(Int(value), Int(Int32.max))
    }
    peerStreamCredit = size(hello.streamCredit, defaults.streamCredit)
    send = SendWindow(size: size(hello.connectionCredit, defaults.connectionCredit))
    isGreeted = true
    keepAlive.greeted()
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
      guard send.left > 0, !blocked.isEmpty else { return }
      for stream in blocked { events.append(.sendable(stream)) }
      blocked.removeAll(keepingCapacity: true)
    case .goAway:
      // The client opens no more calls; those that are open go on.
      isDraining = true
      endIfDrained()
    case .hello: throw ProtocolViolation("a second Hello")
    default: throw ProtocolViolation("a frame of a call on stream 0")
    }
  }

  private mutating func received(
    _ body: Frame.Body, on stream: UInt32, now: Instant, _ output: OutputBuffer
  ) throws(ProtocolViolation) {
    if case .open(let open) = body { return try opened(open, stream, now: now, output) }
    guard stream <= lastStream else {
      throw ProtocolViolation("a frame of call \(stream), which was never opened")
    }
    switch body {
    case .message(let payload, let encoding):
      guard receive.receive(payload.count) else { throw Self.overrun }
      // What crossed the Close is not an error.
      guard var state = streams[stream], !state.isClosed else {
        return took(payload.count, of: stream, output)
      }
      guard !state.isHalfClosed else {
        throw ProtocolViolation("a message of call \(stream) after its half-close")
      }
      guard state.receive.receive(payload.count) else { throw Self.overrun }
      streams[stream] = state
      guard encoding == 0 else {
        took(payload.count, of: stream, output)
        stop(stream, .unimplemented, "encoding \(encoding) of messages is not known", output)
        return
      }
      events.append(.message(stream, payload))
    case .halfClose:
      guard var state = streams[stream], !state.isClosed else { return }
      guard !state.isHalfClosed else {
        throw ProtocolViolation("a second half-close of call \(stream)")
      }
      state.isHalfClosed = true
      streams[stream] = state
      events.append(.halfClosed(stream))
    case .cancel: stop(stream, .cancelled, "cancelled by the caller", output)
    case .credit(let bytes):
      guard var state = streams[stream], !state.isClosed else {
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
    default: throw ProtocolViolation("a frame that no client sends on call \(stream)")
    }
  }

  private mutating func opened(
    _ open: Frame.Open, _ stream: UInt32, now: Instant, _ output: OutputBuffer
  ) throws(ProtocolViolation) {
    guard stream > lastStream else {
      throw ProtocolViolation("call \(stream) is opened after call \(lastStream)")
    }
    lastStream = stream
    let bytes = open.payload?.count ?? 0
    guard receive.receive(bytes) else { throw Self.overrun }
    if let refusal = refusal(open) {
      took(bytes, of: stream, output)
      output.append(Frame(stream: stream, body: .close(Frame.Close(refusal))))
      return
    }
    var state = Stream(
      send: SendWindow(size: peerStreamCredit), receive: ReceiveWindow(size: limits.streamCredit),
      isHalfClosed: open.halfClose, hasDeadline: open.timeout > 0)
    _ = state.receive.receive(bytes)
    var deadline: Instant?
    if open.timeout > 0 {
      // Longer than a century is as good as for ever, and cannot overflow.
      let instant = now + .microseconds(min(open.timeout, 1 << 52))
      deadlines.insert(stream, at: instant)
      deadline = instant
    }
    streams[stream] = state
    keepAlive.calls(open: streams.count, now: now)
    events.append(.opened(stream, open, deadline: deadline))
  }

  /// Why a call is not begun at all.
  private func refusal(_ open: Frame.Open) -> RPCError? {
    func limit(_ name: String, _ value: Int, _ message: String) -> RPCError {
      RPCError(
        .resourceExhausted, message,
        details: [.init(kind: "limit", subject: name, value: String(value))])
    }
    if isDraining { return RPCError(.unavailable, "the server is being stopped; ask another") }
    if streams.count >= limits.streams {
      return limit(
        "max_streams", limits.streams,
        "\(limits.streams) calls are open on this connection already; wait for one to end")
    }
    guard !open.metadata.entries.isEmpty else { return nil }
    if open.metadata.entries.count > limits.metadataEntries {
      return limit(
        "max_metadata_entries", limits.metadataEntries,
        "more than \(limits.metadataEntries) metadata entries")
    }
    if open.metadata.byteCount > limits.metadataBytes {
      return limit(
        "max_metadata_bytes", limits.metadataBytes,
        "more than \(limits.metadataBytes) bytes of metadata")
    }
    return open.metadata.fault.map {
      RPCError(.invalidArgument, $0, details: [.init(kind: "field", subject: "metadata")])
    }
  }

  private static let overrun = ProtocolViolation(
    .flowControlError, "a message without credit for it")

  // MARK: - From the handler

  /// Sends a message of a call.
  ///
  /// - Returns: false when there is no credit; `sendable` tells when to try again. What
  ///   a closed call still sends is dropped.
  mutating func send(_ payload: [UInt8], on stream: UInt32, _ output: OutputBuffer) -> Bool {
    guard mayGo(payload.count, stream) else { return false }
    guard streams[stream]?.isClosed == false else { return true }
    output.append(Frame(stream: stream, body: .message(payload, encoding: 0)))
    return true
  }

  /// Sends the status of a call, with its last message if it has one.
  ///
  /// - Returns: false when there is no credit for the message.
  mutating func close(_ stream: UInt32, _ close: Frame.Close, _ output: OutputBuffer) -> Bool {
    guard mayGo(close.payload?.count ?? 0, stream) else { return false }
    guard var state = streams[stream], !state.isClosed else { return true }
    output.append(Frame(stream: stream, body: .close(close)))
    state.isClosed = true
    streams[stream] = state
    return true
  }

  /// Takes the credit for a message of an open call, or notes that it waits.
  private mutating func mayGo(_ bytes: Int, _ stream: UInt32) -> Bool {
    guard bytes > 0, var state = streams[stream], !state.isClosed else { return true }
    guard send.allows(bytes), state.send.allows(bytes) else {
      if !state.isBlocked {
        state.isBlocked = true
        streams[stream] = state
      }
      // Its own credit is waited for at the call, the connection's in a queue.
      if state.send.allows(bytes), !blocked.contains(stream) { blocked.append(stream) }
      return false
    }
    send.send(bytes)
    state.send.send(bytes)
    state.isBlocked = false
    streams[stream] = state
    return true
  }

  /// The handler has taken a message, or what it never took is given up.
  mutating func took(_ bytes: Int, of stream: UInt32, _ output: OutputBuffer) {
    guard bytes > 0 else { return }
    if let credit = receive.take(bytes) {
      output.append(Frame(stream: 0, body: .credit(UInt32(credit))))
    }
    guard var state = streams[stream], !state.isClosed, !state.isHalfClosed else { return }
    let credit = state.receive.take(bytes)
    streams[stream] = state
    if let credit { output.append(Frame(stream: stream, body: .credit(UInt32(credit)))) }
  }

  /// The handler of a call has ended, and its place is free.
  mutating func handlerEnded(_ stream: UInt32, now: Instant) {
    guard let state = streams.removeValue(forKey: stream) else { return }
    if state.hasDeadline { deadlines.end { streams[$0]?.isClosed == false } }
    if !blocked.isEmpty { blocked.removeAll { $0 == stream } }
    keepAlive.calls(open: streams.count, now: now)
    endIfDrained()
  }

  /// Closes a call from the server's side while its handler runs.
  private mutating func stop(
    _ stream: UInt32, _ code: StatusCode, _ message: String, _ output: OutputBuffer
  ) {
    guard var state = streams[stream], !state.isClosed else { return }
    state.isClosed = true
    streams[stream] = state
    output.append(
      Frame(stream: stream, body: .close(Frame.Close(code: code.rawValue, message: message))))
    events.append(.stopped(stream, code))
  }

  // MARK: - From the clock and the server

  /// When `tick` is to be called next at the latest.
  var nextTick: Instant { deadlines.first.map { min($0, keepAlive.next) } ?? keepAlive.next }

  /// Does what is due.
  mutating func tick(now: Instant, _ output: OutputBuffer) {
    guard !hasEnded else { return }
    while let stream = deadlines.popFirst(until: now) {
      stop(stream, .deadlineExceeded, "the deadline has passed", output)
    }
    switch keepAlive.check(now: now) {
    case .ping: output.append(Frame(stream: 0, body: .ping(UInt64(lastStream))))
    case .timedOut(let message): fail(ProtocolViolation(.timeout, message), output)
    case .idle:
      end(goingAway(.shutdown, "no calls for \(limits.idleTime)"), output)
    case nil: break
    }
  }

  /// Takes no more calls; the connection ends with the last that is open.
  mutating func drain(_ output: OutputBuffer) {
    guard !hasEnded, !isDraining else { return }
    isDraining = true
    output.append(
      Frame(stream: 0, body: .goAway(goingAway(.shutdown, "the server is being stopped"))))
    endIfDrained()
  }

  /// Ends the connection with what the peer did wrong.
  mutating func fail(_ violation: ProtocolViolation, _ output: OutputBuffer) {
    end(goingAway(violation.reason, violation.message), output)
  }

  private func goingAway(_ reason: Frame.GoAway.Reason, _ message: String) -> Frame.GoAway {
    Frame.GoAway(reason: reason, message: message, lastStream: lastStream)
  }

  private mutating func end(_ goAway: Frame.GoAway, _ output: OutputBuffer) {
    guard !hasEnded else { return }
    hasEnded = true
    output.append(Frame(stream: 0, body: .goAway(goAway)))
    events.append(.ended(goAway))
  }

  private mutating func endIfDrained() {
    guard isDraining, !hasEnded, streams.isEmpty else { return }
    hasEnded = true
    events.append(.ended(nil))
  }
}

extension Frame.Close {
  init(_ error: RPCError) {
    self.init(
      code: error.code.rawValue, message: error.message, metadata: error.metadata,
      details: error.details)
  }
}

extension Metadata {
  /// What is wrong with a key or a value.
  var fault: String? {
    for entry in entries {
      let key = entry.key.utf8
      let isKey = key.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "-_.".utf8.contains($0)
      }
      guard isKey, (1...128).contains(key.count) else {
        return "a metadata key has 1 to 128 of a-z, 0-9, '-', '_' and '.'"
      }
      guard entry.key.hasSuffix("-bin") || String(validating: entry.value, as: UTF8.self) != nil
      else { return "the metadata value of '\(entry.key)' is not UTF-8" }
    }
    return nil
  }
}
