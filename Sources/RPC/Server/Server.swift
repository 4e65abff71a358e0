import Synchronization

/// Methods behind connections of any transport.
package final class Server: Sendable {
  private struct State {
    var connections: [ObjectIdentifier: ServerConnection] = [:]
    var isDraining = false
    /// Who waits for the last connection to end.
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  let methods: [String: Method]
  let interceptors: [any ServerInterceptor]
  package let limits: Limits
  let agent: String
  private let observer: (any ServerObserver)?
  private let state = Lock(State())
  private let callIDs = Atomic<UInt64>(0)

  /// - Parameters:
  ///   - methods: with different names.
  ///   - agent: what the server calls itself, "encuentro/1.0".
  package init(
    _ methods: [Method], interceptors: [any ServerInterceptor] = [], limits: Limits = Limits(),
    agent: String, observer: (any ServerObserver)? = nil
  ) {
    self.methods = Dictionary(
      methods.map { ($0.name, $0) },
      uniquingKeysWith: { _, second in preconditionFailure("two methods '\(second.name)'") })
    self.interceptors = interceptors
    self.limits = limits
    self.agent = agent
    self.observer = observer
  }

  func nextCallID() -> UInt64 { callIDs.add(1, ordering: .relaxed).newValue }

  /// Serves a connection; on its loop.
  package func accept(_ transport: any ByteTransport, on loop: any Loop) {
    let connection = ServerConnection(transport, on: loop, of: self)
    let (isFull, isDraining) = state.withLock { state in
      let isFull = state.connections.count >= limits.connections
      state.connections[ObjectIdentifier(connection)] = connection
      return (isFull, state.isDraining)
    }
    observer?.opened(peer: transport.peer)
    if isFull {
      connection.refuse()
    } else {
      connection.start()
      if isDraining { connection.drain() }
    }
  }

  func closed(_ connection: ServerConnection, goAway: Frame.GoAway?, reason: String?) {
    let waiting = state.withLock { state in
      state.connections[ObjectIdentifier(connection)] = nil
      guard state.connections.isEmpty else { return [CheckedContinuation<Void, Never>]() }
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
    observer?.closed(
      peer: connection.peer,
      reason: goAway.map { "\($0.reason): \($0.message)" } ?? reason ?? "closed by the peer",
      isViolation: goAway.map { $0.reason != .shutdown } ?? false)
  }

  /// Open connections, those that are being refused included.
  package var openConnections: Int { state.withLock { $0.connections.count } }

  /// Takes no more calls; returns when the last connection has ended, or, with what is
  /// left aborted, after `Limits.drainTime`.
  ///
  /// - Returns: whether all calls came to their end.
  @discardableResult
  package func drain() async -> Bool {
    let connections = state.withLock { state in
      state.isDraining = true
      return Array(state.connections.values)
    }
    for connection in connections { connection.loop.execute { connection.drain() } }
    return await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        await self.allClosed()
        return true
      }
      group.addTask {
        try? await Task.sleep(for: self.limits.drainTime)
        return false
      }
      let isComplete = await group.next() ?? true
      if !isComplete { self.abortAll() }
      group.cancelAll()
      return isComplete
    }
  }

  /// Closes all connections at once, whatever is under way.
  package func abortAll() {
    for connection in state.withLock({ Array($0.connections.values) }) {
      connection.loop.execute { connection.abort() }
    }
  }

  private func allClosed() async {
    await withCheckedContinuation { continuation in
      let isEmpty = state.withLock { state in
        if !state.connections.isEmpty { state.waiting.append(continuation) }
        return state.connections.isEmpty
      }
      if isEmpty { continuation.resume() }
    }
  }
}

/// Told of connections; on their loops.
package protocol ServerObserver: Sendable {
  func opened(peer: String)

  /// - Parameter isViolation: whether the peer broke the protocol.
  func closed(peer: String, reason: String, isViolation: Bool)
}
