import Foundation
import Synchronization

/// Threads for handlers that compute for long, so that event loops need not wait.
package final class WorkerPool: TaskExecutor, @unchecked Sendable {
  // Jobs and the flag are touched with the condition locked only.
  private let condition = NSCondition()
  private var jobs: [UnownedJob] = []
  private var first = 0
  private var isStopping = false

  /// - Parameters:
  ///   - threads: at least one is made.
  ///   - niceness: 0 to 19; with more of it, a thread leaves the processor to others.
  package init(name: String, threads: Int, niceness: Int32 = 0) {
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
    jobs.append(job)
    condition.signal()
    condition.unlock()
  }

  /// Jobs that wait for a thread.
  package var waiting: Int {
    condition.lock()
    defer { condition.unlock() }
    return jobs.count - first
  }

  /// Ends the threads when all jobs are done.
  package func stop() {
    condition.lock()
    isStopping = true
    condition.broadcast()
    condition.unlock()
  }

  private func run() {
    let executor = asUnownedTaskExecutor()
    while let job = next() { job.runSynchronously(on: executor) }
  }

  private func next() -> UnownedJob? {
    condition.lock()
    defer { condition.unlock() }
    while first == jobs.count {
      if isStopping { return nil }
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
