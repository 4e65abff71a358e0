import Foundation
import Synchronization

/// Threads for handlers that compute for long, so that event loops need not wait.
package final class WorkerPool: TaskExecutor, @unchecked Sendable {
  // Jobs and the flag are touched with the condition locked only.
  private let condition = NSCondition()
  private var jobs: [UnownedJob] = []
  private var first = 0
  private var isStopping = false
  private var running: Int

  /// - Parameters:
  ///   - threads: at least one is made.
  ///   - niceness: 0 to 19; with more of it, a thread leaves the processor to others.
  package init(name: String, threads: Int, niceness: Int32 = 0) {
    running = max(1, threads)
    for number in 0..<max(1, threads) {
      let thread = Thread { [self] in
        #if os(Linux)
          // Of this thread alone: Linux gives each a priority of its own.
          if niceness > 0 { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness) }
        #endif
        run()
      }
      thread.name = "\(name)-\(number)"
      // Solvers recurse deeper than a secondary thread's half megabyte allows.
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    condition.lock()
    let hasThreads = running > 0
    if hasThreads {
      jobs.append(job)
      condition.signal()
    }
    condition.unlock()
    guard !hasThreads else { return }
    // A task that comes back to a stopped pool must still come to its end.
    DispatchQueue.global().async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  /// Jobs that wait for a thread.
  package var waiting: Int {
    condition.lock()
    defer { condition.unlock() }
    return jobs.count - first
  }

  /// Ends the threads when all jobs are done.
  ///
  /// - Parameter time: how long to wait for that; not to be waited on a thread of the pool.
  /// - Returns: whether the threads have ended.
  @discardableResult
  package func stop(waiting time: Duration = .zero) -> Bool {
    let limit = Date(timeIntervalSinceNow: Double(time.nanoseconds) / 1e9)
    condition.lock()
    defer { condition.unlock() }
    isStopping = true
    condition.broadcast()
    while running > 0, condition.wait(until: limit) {}
    return running == 0
  }

  private func run() {
    let executor = asUnownedTaskExecutor()
    while let job = next() { job.runSynchronously(on: executor) }
  }

  private func next() -> UnownedJob? {
    condition.lock()
    defer { condition.unlock() }
    while first == jobs.count {
      if isStopping {
        running -= 1
        condition.broadcast()
        return nil
      }
      condition.wait()
    }
    defer {
      first += 1
      if first == jobs.count || first > 1024 {
        jobs.removeFirst(first)
        first = 0
      }
    }
    return jobs[first]
  }
}
