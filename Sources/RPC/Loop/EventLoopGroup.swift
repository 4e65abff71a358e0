import Foundation
import Synchronization

/// Several loops, one for each core as a rule.
package final class EventLoopGroup: Sendable {
  package let loops: [EventLoop]
  private let turn = Atomic<UInt>(0)

  /// - Parameter count: at least one is made.
  /// - Throws: `LoopError` when the system gives no descriptors for them.
  package init(
    count: Int = ProcessInfo.processInfo.activeProcessorCount, name: String
  ) throws(LoopError) {
    var loops: [EventLoop] = []
    do throws(LoopError) {
      for number in 0..<max(1, count) { loops.append(try EventLoop(name: "\(name)-\(number)")) }
    } catch {
      for loop in loops { loop.stop() }
      throw error
    }
    self.loops = loops
  }

  /// One after the other.
  package func next() -> EventLoop {
    loops[Int(turn.add(1, ordering: .relaxed).oldValue % UInt(loops.count))]
  }

  /// Ends all threads.
  package func stop() { for loop in loops { loop.stop() } }
}
