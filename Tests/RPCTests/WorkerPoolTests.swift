import Foundation
import Synchronization
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(1))) struct WorkerPoolTests {
  @Test func allJobsRun() async {
    let pool = WorkerPool(name: "test", threads: 3)
    let sum = await withTaskGroup(of: Int.self) { group in
      for number in 0..<5000 {
        group.addTask(executorPreference: pool) {
          await Task.yield()
          return number
        }
      }
      return await group.reduce(0, +)
    }
    #expect(sum == 4999 * 5000 / 2)
    #expect(pool.waiting == 0)
    #expect(pool.stop(waiting: .seconds(10)))
  }

  @Test func stopWaitsOnlySoLong() async {
    let pool = WorkerPool(name: "test", threads: 1)
    let (started, start) = AsyncStream.makeStream(of: Void.self)
    let mayEnd = DispatchSemaphore(value: 0)
    let task = Task(executorPreference: pool) {
      start.finish()
      waitFor(mayEnd)
    }
    for await _ in started {}
    #expect(!pool.stop(waiting: .milliseconds(1)))
    mayEnd.signal()
    await task.value
    #expect(pool.stop(waiting: .seconds(10)))
    // Late tasks still end.
    #expect(await Task(executorPreference: pool) { 7 }.value == 7)
  }

  #if os(Linux)
    @Test func threadsOfBatchWorkAreNice() async {
      let pool = WorkerPool(name: "test", threads: 1, niceness: 7)
      let niceness = await Task(executorPreference: pool) {
        getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
      }.value
      #expect(niceness == 7)
      #expect(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) < 7)
      pool.stop()
    }
  #endif

  @Test func aSignalIsTold() async throws {
    let loop = try EventLoop(name: "test")
    let (signals, told) = AsyncStream.makeStream(of: Bool.self)
    let watcher = SignalWatcher([SIGUSR2], on: loop) { _ in told.yield(loop.isCurrent) }
    kill(getpid(), SIGUSR2)
    #expect(await signals.first { _ in true } == true)
    withExtendedLifetime(watcher) {}
    loop.stop()
  }
}

/// Blocks, which a task may do only on a thread that is for that.
private func waitFor(_ semaphore: DispatchSemaphore) { semaphore.wait() }
