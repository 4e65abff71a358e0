import Measurement
import RPC
import Synchronization

/// Logs calls and connections.
struct CallLogger: ServerInterceptor, ServerObserver {
  let log: EventLog
  /// Whether calls that end well are logged.
  let logsAll: Bool

  func began(_ call: ServerCall) {}

  func ended(_ call: ServerCall, _ end: CallEnd) {
    guard logsAll || end.code != .ok else { return }
    log.log(Self.level(of: end.code), "call") { line in
      line.add("request", call.id)
      line.add("method", call.method)
      line.add("code", end.code.name)
      line.add("duration_us", microseconds: end.duration)
      line.add("received_bytes", end.received)
      line.add("sent_bytes", end.sent)
      line.add("peer", call.peer)
      if !end.message.isEmpty { line.add("message", end.message) }
    }
  }

  private static func level(of code: StatusCode) -> EventLog.Level {
    switch code {
    case .ok: .info
    case .internal, .dataLoss, .unknown: .error
    default: .warning
    }
  }

  func opened(peer: String) {
    log.log(.debug, "connection.opened") { $0.add("peer", peer) }
  }

  func closed(peer: String, reason: String, isViolation: Bool) {
    log.log(isViolation ? .warning : .debug, "connection.closed") {
      $0.add("peer", peer)
      $0.add("reason", reason)
    }
  }
}

/// Counts calls and connections.
final class CallMetrics: ServerInterceptor, ServerObserver {
  final class OfMethod: Sendable {
    let latency = AtomicHistogram()
    let codes = Mutex<[StatusCode: UInt64]>([:])
    let open = Atomic<Int>(0)
    let received = Atomic<UInt64>(0)
    let sent = Atomic<UInt64>(0)
  }

  /// By name; calls of other names are counted under "unknown".
  let methods: [String: OfMethod]
  private let unknown = OfMethod()
  let connections = Atomic<UInt64>(0)
  let violations = Atomic<UInt64>(0)

  init(_ methods: [Method]) {
    self.methods = Dictionary(
      methods.map { ($0.name, OfMethod()) }, uniquingKeysWith: { first, _ in first })
  }

  /// In the order of their names.
  var all: [(name: String, figures: OfMethod)] {
    methods.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + [("unknown", unknown)]
  }

  private func figures(_ call: ServerCall) -> OfMethod { methods[call.method] ?? unknown }

  func began(_ call: ServerCall) { figures(call).open.add(1, ordering: .relaxed) }

  func ended(_ call: ServerCall, _ end: CallEnd) {
    let figures = figures(call)
    // A call that no handler saw has not begun.
    if methods[call.method] != nil { figures.open.subtract(1, ordering: .relaxed) }
    figures.latency.record(end.duration)
    figures.codes.withLock { $0[end.code, default: 0] += 1 }
    figures.received.add(UInt64(end.received), ordering: .relaxed)
    figures.sent.add(UInt64(end.sent), ordering: .relaxed)
  }

  func opened(peer: String) { connections.add(1, ordering: .relaxed) }

  func closed(peer: String, reason: String, isViolation: Bool) {
    if isViolation { violations.add(1, ordering: .relaxed) }
  }
}

/// Several observers as one.
struct Observers: ServerObserver {
  let all: [any ServerObserver]

  func opened(peer: String) { for observer in all { observer.opened(peer: peer) } }

  func closed(peer: String, reason: String, isViolation: Bool) {
    for observer in all { observer.closed(peer: peer, reason: reason, isViolation: isViolation) }
  }
}
