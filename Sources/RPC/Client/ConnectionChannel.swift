import Synchronization

/// A channel over one connection at a time, which it opens when it is needed and opens
/// anew when it was lost.
package final class ConnectionChannel: Channel, @unchecked Sendable {
  // What is mutable is touched on the loop only.

  package typealias Connector = @Sendable () async throws(RPCError) -> any ByteTransport

  private struct Waiting {
    var start: (ClientConnection) -> Void
    var fail: (RPCError) -> Void
  }

  private let loop: any Loop
  private let limits: Limits
  private let agent: String
  private let connector: Connector
  private var backoff: Backoff
  private var connection: ClientConnection?
  /// Calls until there is a connection.
  private var waiting: [Waiting] = []
  private var isConnecting = false
  private var isClosed = false
  /// Until then a failed connection is not tried again.
  private var pause: (until: ContinuousClock.Instant, error: RPCError)?

  /// - Parameters:
  ///   - loop: where the connection lives.
  ///   - connector: opens a transport on this loop.
  package init(
    on loop: any Loop, limits: Limits = Limits(), agent: String, backoff: Backoff = Backoff(),
    connector: @escaping Connector
  ) {
    self.loop = loop
    self.limits = limits
    self.agent = agent
    self.backoff = backoff
    self.connector = connector
  }

  /// A channel to a server over TCP.
  package convenience init(
    to address: SocketAddress, on loop: EventLoop, limits: Limits = Limits(), agent: String
  ) {
    self.init(on: loop, limits: limits, agent: agent) { () throws(RPCError) in
      try await TCPConnector.connect(to: address, on: loop, timeout: .seconds(10))
    }
  }

  package func unary(
    _ method: String, _ request: [UInt8], options: CallOptions
  ) async throws(RPCError) -> [UInt8] {
    do {
      return try await tryUnary(method, request, options: options)
    } catch  where error.isUntouched {
      // No server has looked at it: once more, on a new connection.
      return try await tryUnary(method, request, options: options)
    }
  }

  private func tryUnary(
    _ method: String, _ request: [UInt8], options: CallOptions
  ) async throws(RPCError) -> [UInt8] {
    let open = Frame.Open(
      method: method, timeout: Self.microseconds(options.timeout), metadata: options.metadata,
      payload: request, halfClose: true)
    let box = CancelBox()
    let result: Result<[UInt8], RPCError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        onLoop { channel in
          channel.withConnection { connection in
            connection.unary(open, timeout: options.timeout, cancelled: box, continuation)
          } fail: { error in
            continuation.resume(returning: .failure(error))
          }
        }
      }
    } onCancel: {
      loop.execute {
        box.isCancelled = true
        if let stream = box.stream {
          self.connection?.endUnary(stream, RPCError(.cancelled, "cancelled"))
        }
      }
    }
    return try result.get()
  }

  package func open(
    _ method: String, options: CallOptions
  ) async throws(RPCError) -> ClientCall {
    do {
      return try await tryOpen(method, options: options)
    } catch  where error.isUntouched {
      return try await tryOpen(method, options: options)
    }
  }

  private func tryOpen(
    _ method: String, options: CallOptions
  ) async throws(RPCError) -> ClientCall {
    let open = Frame.Open(
      method: method, timeout: Self.microseconds(options.timeout), metadata: options.metadata)
    let result: Result<ClientCall, RPCError> = await withCheckedContinuation { continuation in
      onLoop { channel in
        channel.withConnection { connection in
          connection.open(open, timeout: options.timeout, continuation)
        } fail: { error in
          continuation.resume(returning: .failure(error))
        }
      }
    }
    return try result.get()
  }

  package func close() async {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      onLoop { channel in
        channel.isClosed = true
        channel.fail(RPCError(.unavailable, "the channel is closed"))
        channel.connection?.close()
        channel.connection = nil
        continuation.resume()
      }
    }
  }

  private static func microseconds(_ timeout: Duration?) -> UInt64 {
    guard let timeout else { return 0 }
    return UInt64(max(1, timeout.nanoseconds / 1000))
  }

  // MARK: - On the loop

  private func onLoop(_ body: @escaping @Sendable (ConnectionChannel) -> Void) {
    if loop.isCurrent { body(self) } else { loop.execute { body(self) } }
  }

  private func withConnection(
    _ start: @escaping (ClientConnection) -> Void, fail: @escaping (RPCError) -> Void
  ) {
    if let connection, connection.takesCalls { return start(connection) }
    guard !isClosed else { return fail(RPCError(.unavailable, "the channel is closed")) }
    // At once, instead of letting everybody wait for a server that is not there.
    if let pause, ContinuousClock.now < pause.until { return fail(pause.error) }
    waiting.append(Waiting(start: start, fail: fail))
    guard !isConnecting else { return }
    isConnecting = true
    Task(executorPreference: loop) { [self] in
      let result: Result<any ByteTransport, RPCError>
      do throws(RPCError) {
        result = .success(try await connector())
      } catch { result = .failure(error) }
      loop.execute { self.connected(result) }
    }
  }

  private func connected(_ result: Result<any ByteTransport, RPCError>) {
    isConnecting = false
    switch result {
    case .success(let transport):
      guard !isClosed else { return transport.abort() }
      backoff.reset()
      pause = nil
      let connection = ClientConnection(
        transport, on: loop, limits: limits, agent: agent, onClosed: {})
      self.connection = connection
      connection.start()
      let calls = waiting
      waiting = []
      for call in calls { call.start(connection) }
    case .failure(let error):
      pause = (ContinuousClock.now + backoff.next(), error)
      fail(error)
    }
  }

  private func fail(_ error: RPCError) {
    let calls = waiting
    waiting = []
    for call in calls { call.fail(error) }
  }
}

/// How long to wait before a connection is tried again: the first time hardly, then
/// 1 s, 1.6 times as long after each failure, 120 s at most, and 20 % more or less, so
/// that clients do not come all at once (gRPC's connection backoff protocol).
package struct Backoff: Sendable {
  private var failures = 0
  private var seed: UInt64

  /// - Parameter seed: decides the jitter.
  package init(seed: UInt64 = .random(in: 0...UInt64.max)) { self.seed = seed }

  package mutating func reset() { failures = 0 }

  package mutating func next() -> Duration {
    defer { failures += 1 }
    guard failures > 0 else { return .milliseconds(10) }
    var base = 1.0
    for _ in 1..<max(1, failures) where base < 120 { base *= 1.6 }
    // SplitMix64's step is enough of chance.
    seed &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (seed ^ (seed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    let share = Double((mixed ^ (mixed >> 31)) >> 11) / Double(1 << 53)
    return .seconds(min(base, 120) * (0.8 + 0.4 * share))
  }
}
