/// The whole of what reads a stranger's bytes, without a socket: for the fuzzer, and to
/// replay what it has found.
package enum ConnectionFuzzing {
  /// Gives bytes to a server's side of a connection, in portions that the bytes
  /// themselves decide, and plays a handler that answers everything.
  ///
  /// - Returns: how many events came of them.
  @discardableResult
  package static func run(_ bytes: UnsafeRawBufferPointer) -> Int {
    var limits = Limits()
    limits.frameBytes = 1 << 16
    limits.streams = 8
    limits.streamCredit = 512
    limits.connectionCredit = 2048
    let now = ContinuousClock.now
    var machine = ServerMachine(limits, now: now)
    var decoder = FrameDecoder(limit: limits.frameBytes)
    let output = OutputBuffer()
    machine.greet(agent: "fuzzing", output)
    var rest = bytes[...]
    var events = 0
    while !rest.isEmpty, !machine.hasEnded {
      let portion = rest.prefix(1 + Int(rest[rest.startIndex]) % 64)
      rest = rest.dropFirst(portion.count)
      do throws(ProtocolViolation) {
        try decoder.decode(UnsafeRawBufferPointer(rebasing: portion)) {
          frame throws(ProtocolViolation) in
          try machine.received(frame, now: now, output)
          events += answer(&machine, now, output)
        }
        machine.receivedBytes(isWithinFrame: decoder.isWithinFrame, now: now)
      } catch {
        machine.fail(error, output)
      }
    }
    machine.tick(now: now + .seconds(1000), output)
    return events
  }

  private static func answer(
    _ machine: inout ServerMachine, _ now: ContinuousClock.Instant, _ output: OutputBuffer
  ) -> Int {
    let events = machine.takeEvents()
    for event in events {
      switch event {
      case .opened(let stream, let open, _):
        machine.took(open.payload?.count ?? 0, of: stream, output)
        _ = machine.send([1, 2, 3], on: stream, output)
        if open.halfClose { end(stream, &machine, now, output) }
      case .message(let stream, let payload):
        machine.took(payload.count, of: stream, output)
        _ = machine.send(payload, on: stream, output)
      case .halfClosed(let stream), .sendable(let stream): end(stream, &machine, now, output)
      case .stopped(let stream, _): machine.handlerEnded(stream, now: now)
      case .ended: break
      }
    }
    output.removeAll()
    return events.count
  }

  private static func end(
    _ stream: UInt32, _ machine: inout ServerMachine, _ now: ContinuousClock.Instant,
    _ output: OutputBuffer
  ) {
    if machine.close(stream, Frame.Close(code: 0, payload: [1]), output) {
      machine.handlerEnded(stream, now: now)
    }
  }
}
