import Dispatch
import Foundation

/// Tells of signals, instead of what they do by themselves.
package final class SignalWatcher: @unchecked Sendable {
  // Set once; a source may be cancelled from any thread.
  private let sources: [any DispatchSourceSignal]

  /// - Parameter handle: called with the signal's number, on a thread of Dispatch.
  package init(_ signals: [Int32], handle: @escaping @Sendable (Int32) -> Void) {
    let queue = DispatchQueue(label: "signals")
    sources = signals.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { handle(number) }
      source.activate()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }
}
