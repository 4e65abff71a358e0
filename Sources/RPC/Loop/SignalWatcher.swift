import Dispatch
import Foundation

/// Tells of signals, instead of what they do by themselves.
package final class SignalWatcher: @unchecked Sendable {
  // Set once; a source may be cancelled from any thread.
  private let sources: [any DispatchSourceSignal]

  /// From its return on, no signal is lost.
  ///
  /// - Parameters:
  ///   - loop: where `handle` runs; without one on a thread of Dispatch, so that a loop that
  ///     is busy cannot keep a server from being stopped.
  ///   - handle: called with the signal's number.
  package init(
    _ signals: [Int32], on loop: EventLoop? = nil, handle: @escaping @Sendable (Int32) -> Void
  ) {
    let queue = DispatchQueue(label: "signals")
    // Until Dispatch has registered a source, its signal is ignored.
    let registered = DispatchSemaphore(value: 0)
    sources = signals.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        guard let loop else { return handle(number) }
        loop.execute { handle(number) }
      }
      source.setRegistrationHandler { registered.signal() }
      source.activate()
      return source
    }
    for _ in signals { registered.wait() }
  }

  deinit { for source in sources { source.cancel() } }
}
