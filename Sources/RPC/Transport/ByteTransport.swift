/// Where a connection's state lives: everything that is said to run "on the loop" runs
/// here, one thing at a time.
package protocol Loop: AnyObject, Sendable, TaskExecutor {
  /// Whether the caller runs on it.
  var isCurrent: Bool { get }

  /// Runs the body on the loop soon; at once never.
  func execute(_ body: @escaping @Sendable () -> Void)

  /// Runs the body on the loop after a time. On the loop only.
  func schedule(after time: Duration, _ body: @escaping @Sendable () -> Void) -> any LoopTimer

  /// Monotonic, read once for each round of the loop. On the loop only.
  var now: ContinuousClock.Instant { get }

  /// Runs the body when the loop has handled the events at hand, before it waits: to
  /// write once for many frames. On the loop only.
  func beforeWaiting(_ body: @escaping @Sendable () -> Void)
}

/// Something that will be done later, unless it is cancelled.
package protocol LoopTimer: AnyObject, Sendable {
  /// On the loop only.
  func cancel()
}

/// A stream of bytes to the peer. On its loop only.
package protocol ByteTransport: AnyObject, Sendable {
  /// "ipv4:127.0.0.1:52011", "ipv6:[::1]:52011", or "in-process".
  var peer: String { get }

  /// Sends bytes in order; queued when the peer does not take them.
  ///
  /// - Parameter bytes: valid only during the call.
  func write(_ bytes: UnsafeRawBufferPointer)

  /// Bytes queued and not yet taken by the system.
  var queuedBytes: Int { get }

  func pauseReading()
  func resumeReading()

  /// Writes what is queued, then closes.
  func closeAfterWriting()

  /// Closes at once.
  func abort()

  /// Whom it tells; set once, before `start`.
  var handler: (any ByteTransportHandler)? { get set }

  /// Begins to read.
  func start()
}

/// Whom a transport tells, on its loop.
package protocol ByteTransportHandler: AnyObject, Sendable {
  /// - Parameter bytes: valid only during the call.
  func received(_ bytes: UnsafeRawBufferPointer)

  /// Little or nothing is queued any more, after much was.
  func drained()

  /// Exactly once, last.
  ///
  /// - Parameter reason: in words; nil for an orderly end.
  func closed(reason: String?)
}
