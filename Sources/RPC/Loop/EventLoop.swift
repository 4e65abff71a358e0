import CUV
import Foundation
import Synchronization

/// One thread with one libuv loop: sockets, timers, and the tasks whose executor it is.
///
/// In each round come the events of sockets, then timers, then tasks and bodies in the
/// order of their coming, then what was to be done before waiting.
package final class EventLoop: Loop, @unchecked Sendable {
  // What is not atomic or in a mutex is touched on the loop's thread only, but for
  // `thread`, which is set before the first other thread can know the loop.

  private enum Work {
    case job(UnownedJob)
    case body(@Sendable () -> Void)
  }

  private struct Inbox {
    var work: [Work] = []
    var isStopping = false
  }

  /// Bytes that are read at a time.
  static let readBytes = 128 << 10
  /// So much work in a round at most, so that sockets are not kept waiting.
  private static let workInARound = 4096

  let uv: UnsafeMutablePointer<uv_loop_t>
  /// Where sockets read to; one read is handled before the next.
  let readBuffer: UnsafeMutableRawPointer
  private let wake: UnsafeMutablePointer<uv_async_t>
  private let alarm: UnsafeMutablePointer<uv_timer_t>
  private var alarmTime: ContinuousClock.Instant?
  private let inbox = Mutex(Inbox())
  /// Whether a wake-up is on its way.
  private let isWoken = Atomic<Bool>(false)
  private var work: [Work] = []
  private var later: [@Sendable () -> Void] = []
  private let timers = TimerHeap()
  private var thread: pthread_t?
  private let ended = DispatchSemaphore(value: 0)
  private let longestRound = Atomic<Int64>(0)
  private var clock = ContinuousClock.now
  /// Whether the loop has waited since the clock was read.
  private var hasWaited = false

  /// Starts the loop's thread.
  ///
  /// - Throws: `LoopError` when the system gives no descriptors for it.
  package init(name: String) throws(LoopError) {
    // A peer that went away is an error of the write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    uv = .allocate(capacity: 1)
    wake = .allocate(capacity: 1)
    alarm = .allocate(capacity: 1)
    readBuffer = .allocate(byteCount: Self.readBytes, alignment: 16)
    let code = uv_loop_init(uv)
    guard code == 0 else { throw LoopError(code, "an event loop cannot be made") }
    uv.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    uv_async_init(uv, wake) { _ in }
    uv_timer_init(uv, alarm)
    let started = DispatchSemaphore(value: 0)
    // The thread holds the loop until it is stopped.
    let thread = Thread { [self] in
      self.thread = pthread_self()
      started.signal()
      run()
      ended.signal()
    }
    thread.name = name
    thread.start()
    started.wait()
  }

  deinit {
    readBuffer.deallocate()
    wake.deallocate()
    alarm.deallocate()
    uv.deallocate()
  }

  package var isCurrent: Bool { thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }

  package var now: ContinuousClock.Instant {
    if hasWaited { readClock() }
    return clock
  }

  private func readClock() {
    clock = .now
    hasWaited = false
  }

  package func execute(_ body: @escaping @Sendable () -> Void) { add(.body(body)) }

  package func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job))) }

  private func add(_ item: Work) {
    guard !isCurrent else { return work.append(item) }
    inbox.withLock { $0.work.append(item) }
    wakeUp()
  }

  private func wakeUp() {
    guard !isWoken.exchange(true, ordering: .acquiringAndReleasing) else { return }
    uv_async_send(wake)
  }

  package func schedule(
    after time: Duration, _ body: @escaping @Sendable () -> Void
  ) -> any LoopTimer {
    precondition(isCurrent, "timers are set on their loop")
    return timers.add(at: ContinuousClock.now + time, body)
  }

  package func beforeWaiting(_ body: @escaping @Sendable () -> Void) { later.append(body) }

  /// The longest time that an event has waited for those before it since the last
  /// question.
  package func takeLag() -> Duration {
    .nanoseconds(longestRound.exchange(0, ordering: .relaxed))
  }

  /// Ends the thread, with all connections of the loop closed.
  package func stop() {
    let isFirst = inbox.withLock { inbox in
      defer { inbox.isStopping = true }
      return !inbox.isStopping
    }
    guard isFirst, !isCurrent else { return }
    wakeUp()
    ended.wait()
  }

  // MARK: - On the thread

  private func run() {
    var isStopping = false
    while !isStopping {
      setAlarm()
      // Sockets are read within, after waiting.
      hasWaited = true
      uv_run(uv, work.isEmpty && later.isEmpty ? UV_RUN_ONCE : UV_RUN_NOWAIT)
      readClock()
      isStopping = takeInbox()
      timers.run(until: now)
      runWork()
      let bodies = later
      if !bodies.isEmpty {
        later.removeAll(keepingCapacity: true)
        for body in bodies { body() }
      }
      let nanoseconds = (ContinuousClock.now - now).nanoseconds
      if nanoseconds > longestRound.load(ordering: .relaxed) {
        longestRound.store(nanoseconds, ordering: .relaxed)
      }
    }
    close()
  }

  private func takeInbox() -> Bool {
    // Before the inbox is looked at, so that whoever comes later wakes again.
    isWoken.store(false, ordering: .sequentiallyConsistent)
    return inbox.withLock { inbox in
      if work.isEmpty {
        swap(&work, &inbox.work)
      } else if !inbox.work.isEmpty {
        work += inbox.work
        inbox.work.removeAll(keepingCapacity: true)
      }
      return inbox.isStopping
    }
  }

  private func runWork() {
    var done = 0
    let executor = asUnownedTaskExecutor()
    while done < work.count, done < Self.workInARound {
      switch work[done] {
      case .job(let job): job.runSynchronously(on: executor)
      case .body(let body): body()
      }
      done += 1
    }
    if done == work.count {
      work.removeAll(keepingCapacity: true)
    } else {
      work.removeFirst(done)
    }
  }

  private func setAlarm() {
    guard let first = timers.first else { return }
    if let alarmTime, alarmTime <= first { return }
    let milliseconds = max(0, (first - ContinuousClock.now).nanoseconds + 999_999) / 1_000_000
    alarmTime = first
    uv_update_time(uv)
    uv_timer_start(
      alarm,
      { alarm in
        guard let uv = alarm?.pointee.loop else { return }
        // It may ring before the loop waits, which then would be for ever.
        uv_stop(uv)
        guard let data = uv.pointee.data else { return }
        // It may also ring a little too early, and is set again then.
        Unmanaged<EventLoop>.fromOpaque(data).takeUnretainedValue().alarmTime = nil
      }, UInt64(milliseconds), 0)
  }

  private func close() {
    uv_walk(
      uv,
      { handle, _ in
        guard let handle, uv_is_closing(handle) == 0 else { return }
        if handle.pointee.type == UV_TCP, let data = handle.pointee.data {
          Unmanaged<TCPHandle>.fromOpaque(data).takeUnretainedValue().abort()
        } else {
          uv_close(handle, nil)
        }
      }, nil)
    // Jobs of tasks that were cancelled by it still run to their end.
    for _ in 0..<1000 where uv_loop_alive(uv) != 0 || !work.isEmpty {
      uv_run(uv, UV_RUN_NOWAIT)
      _ = takeInbox()
      runWork()
    }
    uv_loop_close(uv)
  }
}

/// What the system refused.
package struct LoopError: Error, Sendable, CustomStringConvertible {
  package let description: String

  init(_ code: Int32, _ what: String) {
    description = "\(what): \(String(cString: uv_strerror(code)))"
  }

  init(_ description: String) { self.description = description }
}

extension Duration {
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
