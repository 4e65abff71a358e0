/// Watches a connection's clocks: silence, unanswered pings, frames that do not end,
/// idleness, and pings that come too often.
struct KeepAlive {
  typealias Instant = ContinuousClock.Instant

  enum Verdict: Equatable {
    case ping
    case timedOut(String)
    /// Without calls for too long.
    case idle
  }

  private let limits: Limits
  private let closesWhenIdle: Bool
  private var lastReceived: Instant
  private var pinged: Instant?
  private var frameBegan: Instant?
  private var idleSince: Instant?
  private let began: Instant
  private var isGreeted = false
  private var pingsSince: Instant
  private var pings = 0

  init(_ limits: Limits, closesWhenIdle: Bool, now: Instant) {
    self.limits = limits
    self.closesWhenIdle = closesWhenIdle
    (lastReceived, began, pingsSince, idleSince) = (now, now, now, now)
  }

  /// Bytes have come; whether they end within a frame.
  mutating func received(isWithinFrame: Bool, now: Instant) {
    lastReceived = now
    pinged = nil
    frameBegan = isWithinFrame ? frameBegan ?? now : nil
  }

  mutating func frameEnded() { frameBegan = nil }

  mutating func greeted() { isGreeted = true }

  mutating func calls(open: Int, now: Instant) {
    idleSince = open > 0 ? nil : idleSince ?? now
  }

  /// - Returns: whether the peer pings more often than it may.
  mutating func receivedPing(now: Instant) -> Bool {
    if now - pingsSince > .seconds(10) { (pingsSince, pings) = (now, 0) }
    pings += 1
    return pings > limits.pingsPerTenSeconds
  }

  /// What is due.
  mutating func check(now: Instant) -> Verdict? {
    if !isGreeted, now >= began + limits.helloTime {
      return .timedOut("no Hello within \(limits.helloTime)")
    }
    if let frameBegan, now >= frameBegan + limits.frameTime {
      return .timedOut("half a frame, and no more within \(limits.frameTime)")
    }
    if let pinged {
      if now >= pinged + limits.keepAliveTimeout {
        return .timedOut("no answer to a Ping within \(limits.keepAliveTimeout)")
      }
    } else if now >= lastReceived + limits.keepAliveTime {
      pinged = now
      return .ping
    }
    if closesWhenIdle, let idleSince, now >= idleSince + limits.idleTime { return .idle }
    return nil
  }

  /// When to check next at the latest.
  var next: Instant {
    var next = pinged.map { $0 + limits.keepAliveTimeout } ?? lastReceived + limits.keepAliveTime
    if !isGreeted { next = min(next, began + limits.helloTime) }
    if let frameBegan { next = min(next, frameBegan + limits.frameTime) }
    if closesWhenIdle, let idleSince { next = min(next, idleSince + limits.idleTime) }
    return next
  }
}
