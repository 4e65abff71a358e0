import CUV
import Foundation
import Synchronization

/// One thread with one libuv loop: sockets, timers, and the tasks whose executor it is.
///
/// In each round come the events of sockets, then timers, then tasks and bodies in the
/// order of their coming, then what was to be done before waiting.
///
/// It must be stopped: until then its thread holds it.
package final class EventLoop: Loop, @unchecked Sendable {
  // What is not atomic or in a mutex is touched by the loop's owner only: its thread, and,
  // when that has ended, one block at a time on `afterlife`.

  private enum Work {
    case job(UnownedJob)
    case body(@Sendable () -> Void)
  }

  private enum Phase {
    case running
    /// The thread closes what is open and does what comes; nobody needs to wake it.
    case closing
    case ended
  }

  private struct Inbox {
    var work: [Work] = []
    var isStopping = false
    var phase = Phase.running
  }

  /// Bytes that are read at a time.
  static let readBytes = 128 << 10
  /// So much work in a round at most, so that sockets are not kept waiting.
  private static let workInARound = 1024

  let uv: UnsafeMutablePointer<uv_loop_t>
  /// Where sockets read to; one read is handled before the next.
  let readBuffer: UnsafeMutableRawPointer
  /// Whether handles may still be made.
  private(set) var isOpen = true
  private let wake: UnsafeMutablePointer<uv_async_t>
  private let alarm: UnsafeMutablePointer<uv_timer_t>
  private var alarmTime: ContinuousClock.Instant?
  private let inbox = Lock(Inbox())
  /// Whether the inbox has something new; it changes with the inbox locked.
  private let hasMail = Atomic<Bool>(false)
  /// Threads that are waking the loop just now.
  private let wakers = Atomic<Int>(0)
  private var work: [Work] = []
  private var later: [@Sendable () -> Void] = []
  private let timers = TimerHeap()
  /// The thread that the loop's work runs on; 0 for none.
  private let owner = Atomic<UInt>(0)
  private let ended = DispatchSemaphore(value: 0)
  /// In the thread's place when it has ended: a task that still has work to do here must
  /// come to its end.
  private let afterlife = DispatchQueue(label: "a stopped event loop")
  /// How long rounds take.
  package let lag = LoopLag()
  package private(set) var now = ContinuousClock.now
  /// Whether `now` is of the last round.
  private var isWaiting = false

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
    uv_async_init(uv, wake) { _ in }
    uv_timer_init(uv, alarm)
    // By its data, `close` knows a handle that has an object.
    wake.pointee.data = nil
    alarm.pointee.data = nil
    let thread = Thread { [self] in
      owner.store(Self.thisThread, ordering: .relaxed)
      run()
      ended.signal()
    }
    thread.name = name
    thread.start()
  }

  deinit {
    readBuffer.deallocate()
    wake.deallocate()
    alarm.deallocate()
    uv.deallocate()
  }

  private static var thisThread: UInt {
    #if canImport(Darwin)
      UInt(bitPattern: pthread_self())
    #else
      UInt(pthread_self())
    #endif
  }

  // Only this thread stores its own id, so that a relaxed load cannot err.
  package var isCurrent: Bool { owner.load(ordering: .relaxed) == Self.thisThread }

  package func execute(_ body: @escaping @Sendable () -> Void) { add(.body(body)) }

  package func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job))) }

  private func add(_ item: Work) {
    guard !isCurrent else { return work.append(item) }
    post { $0.work.append(item) }
  }

  /// Changes the inbox and sees to it that somebody looks at it; once for many changes.
  private func post(_ change: (inout Inbox) -> Void) {
    let (phase, isFirst) = inbox.withLock { inbox in
      change(&inbox)
      let isFirst = !hasMail.exchange(true, ordering: .relaxed)
      if isFirst, inbox.phase == .running { wakers.add(1, ordering: .relaxed) }
      return (inbox.phase, isFirst)
    }
    guard isFirst else { return }
    switch phase {
    case .running:
      // Without the lock, which the loop takes as soon as it wakes. The handle is open:
      // `close` waits for the wakers.
      uv_async_send(wake)
      wakers.subtract(1, ordering: .releasing)
    case .closing: break
    case .ended: afterlife.async { self.runAfterEnd() }
    }
  }

  package func schedule(
    after time: Duration, _ body: @escaping @Sendable () -> Void
  ) -> any LoopTimer {
    precondition(isCurrent, "timers are set on their loop")
    // A stopped loop keeps no time.
    guard isOpen else { return TimerHeap.never() }
    return timers.add(at: ContinuousClock.now + time, body)
  }

  package func beforeWaiting(_ body: @escaping @Sendable () -> Void) {
    precondition(isCurrent, "what is done before the loop waits is set on the loop")
    later.append(body)
  }

  /// The longest time that an event has waited for those before it since the last
  /// question.
  package func takeLag() -> Duration { lag.takeLongest() }

  /// Ends the thread, with all connections of the loop closed and timers dropped; waits
  /// for that unless called on the loop. What is enqueued afterwards still runs.
  package func stop() {
    post { $0.isStopping = true }
    guard !isCurrent else { return }
    ended.wait()
    // For whoever else stops it.
    ended.signal()
  }

  // MARK: - On the thread

  /// Begins a round; what libuv calls back does this first, because `now` would be from
  /// before the waiting.
  func woke() {
    guard isWaiting else { return }
    isWaiting = false
    now = ContinuousClock.now
  }

  private func run() {
    var isStopping = false
    while !isStopping {
      setAlarm()
      isWaiting = true
      uv_run(uv, work.isEmpty && later.isEmpty ? UV_RUN_ONCE : UV_RUN_NOWAIT)
      woke()
      isStopping = takeInbox()
      timers.run(until: now)
      runWork()
      lag.record((ContinuousClock.now - now).nanoseconds)
    }
    close()
  }

  /// - Returns: whether the loop is to stop.
  private func takeInbox() -> Bool {
    // False only when the inbox is as it was left: both change with the lock.
    guard hasMail.load(ordering: .relaxed) else { return false }
    return inbox.withLock { inbox in
      hasMail.store(false, ordering: .relaxed)
      if work.isEmpty {
        swap(&work, &inbox.work)
      } else {
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
    guard !later.isEmpty else { return }
    let bodies = later
    later.removeAll(keepingCapacity: true)
    for body in bodies { body() }
  }

  /// One libuv timer wakes the loop for the first of ours.
  private func setAlarm() {
    guard let first = timers.first else { return }
    // libuv counts whole milliseconds and may ring a little early, so that only libuv
    // knows whether the alarm is still to come.
    let isSet = alarm.withMemoryRebound(to: uv_handle_t.self, capacity: 1) { uv_is_active($0) != 0 }
    if isSet, let alarmTime, alarmTime <= first { return }
    let milliseconds = max(0, (first - ContinuousClock.now).nanoseconds + 999_999) / 1_000_000
    alarmTime = first
    uv_update_time(uv)
    uv_timer_start(
      alarm,
      // It may ring before the loop waits, which then would be for ever.
      { alarm in if let uv = alarm?.pointee.loop { uv_stop(uv) } }, UInt64(milliseconds), 0)
  }

  private func close() {
    isOpen = false
    inbox.withLock { $0.phase = .closing }
    while wakers.load(ordering: .acquiring) != 0 { sched_yield() }
    uv_walk(
      uv,
      { handle, _ in
        guard let handle, uv_is_closing(handle) == 0 else { return }
        if let object = LoopHandle.of(handle) { object.abort() } else { uv_close(handle, nil) }
      }, nil)
    // Their bodies hold what holds the loop.
    timers.removeAll()
    // Closed connections end their tasks, which may take a few rounds; what takes longer
    // comes to its end in the afterlife.
    var rounds = 0
    while uv_loop_alive(uv) != 0 || (rounds < 1000 && !(work.isEmpty && later.isEmpty)) {
      uv_run(uv, UV_RUN_NOWAIT)
      _ = takeInbox()
      runWork()
      rounds += 1
    }
    let code = uv_loop_close(uv)
    assert(code == 0, "a handle of the loop is still open")
    owner.store(0, ordering: .relaxed)
    inbox.withLock { $0.phase = .ended }
    afterlife.async { self.runAfterEnd() }
  }

  private func runAfterEnd() {
    owner.store(Self.thisThread, ordering: .relaxed)
    _ = takeInbox()
    runWork()
    owner.store(0, ordering: .relaxed)
    if !work.isEmpty || !later.isEmpty { afterlife.async { self.runAfterEnd() } }
  }
}

extension Duration {
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
