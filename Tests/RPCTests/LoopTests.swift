import Synchronization
import TestSupport
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(1))) struct LoopTests {
  @Test func tasksRunOnTheirLoop() async throws {
    let loop = try EventLoop(name: "test")
    defer { loop.stop() }
    #expect(!loop.isCurrent)
    let isCurrent = await Task(executorPreference: loop) {
      await Task.yield()
      return loop.isCurrent
    }.value
    #expect(isCurrent)
  }

  @Test func bodiesOfEveryThreadRunOnceAndInOrder() async throws {
    let loop = try EventLoop(name: "test")
    defer { loop.stop() }
    let seen = Shared([Int: [Int]]())
    await withTaskGroup(of: Void.self) { group in
      for sender in 0..<8 {
        group.addTask {
          for number in 0..<2000 {
            loop.execute { seen.withLock { $0[sender, default: []].append(number) } }
          }
        }
      }
    }
    await onLoop(loop) {}
    let result = seen.withLock { $0 }
    for sender in 0..<8 { #expect(result[sender] == Array(0..<2000)) }
  }

  @Test func bodiesBeforeWaitingComeAfterTheWorkAtHand() async throws {
    let loop = try EventLoop(name: "test")
    defer { loop.stop() }
    let order = Mutex([String]())
    await withCheckedContinuation { continuation in
      loop.execute {
        loop.beforeWaiting {
          order.withLock { $0.append("before waiting") }
          loop.execute {
            order.withLock { $0.append("again") }
            continuation.resume()
          }
        }
        loop.execute { order.withLock { $0.append("body") } }
      }
    }
    #expect(order.withLock { $0 } == ["body", "before waiting", "again"])
  }

  @Test func timersFireInOrderUnlessCancelled() async throws {
    let loop = try EventLoop(name: "test")
    defer { loop.stop() }
    let fired = Mutex([Int]())
    await withCheckedContinuation { continuation in
      loop.execute {
        let timers = [5, 1, 4, 2, 3].map { number in
          loop.schedule(after: .milliseconds(4 * number)) {
            fired.withLock { $0.append(number) }
            if number == 5 { continuation.resume() }
          }
        }
        timers[2].cancel()
        timers[2].cancel()
      }
    }
    #expect(fired.withLock { $0 } == [1, 2, 3, 5])
  }

  /// libuv's timers count whole milliseconds and may ring before ours is due; other
  /// events at that moment must not make the loop forget it.
  @Test func noTimerIsLostAmongOtherEvents() async throws {
    let loop = try EventLoop(name: "test")
    let isDone = Shared(false)
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for step in 0..<200 {
          await withCheckedContinuation { continuation in
            loop.execute {
              _ = loop.schedule(after: .microseconds(300 + 37 * step % 2000)) {
                continuation.resume()
              }
            }
          }
        }
        isDone.withLock { $0 = true }
      }
      group.addTask {
        while !isDone.withLock({ $0 }) {
          loop.execute {}
          await Task.yield()
        }
      }
    }
    loop.stop()
  }

  @Test func workThatNeverEndsDoesNotStarveTimers() async throws {
    let loop = try EventLoop(name: "test")
    let isDone = Shared(false)
    let endless = Task(executorPreference: loop) {
      while !isDone.withLock({ $0 }) { await Task.yield() }
    }
    await withCheckedContinuation { continuation in
      loop.execute { _ = loop.schedule(after: .milliseconds(5)) { continuation.resume() } }
    }
    isDone.withLock { $0 = true }
    await endless.value
    #expect(loop.lag.histogram.reduce(0, +) > 1)
    loop.stop()
  }

  @Test func aStoppedLoopEndsWhatComesLate() async throws {
    let loop = try EventLoop(name: "test")
    await onLoop(loop) { loop.stop() }
    loop.stop()
    let isCurrent = await Task(executorPreference: loop) {
      await Task.yield()
      return loop.isCurrent
    }.value
    #expect(isCurrent)
    await onLoop(loop) {
      loop.schedule(after: .zero) {}.cancel()
      #expect(throws: LoopError.self) { _ = try TCPSocket(on: loop) }
    }
  }

  @Test func aStoppedLoopIsReleased() async throws {
    weak var loop: EventLoop?
    do {
      let strong = try EventLoop(name: "test")
      loop = strong
      await onLoop(strong) { _ = strong.schedule(after: .seconds(1000)) { strong.execute {} } }
      strong.stop()
    }
    // Its thread and its queue let go of it soon after.
    let end = ContinuousClock.now + .seconds(10)
    while loop != nil, ContinuousClock.now < end { await Task.yield() }
    #expect(loop == nil)
  }

  @Test func lagIsCountedInItsClass() {
    let lag = LoopLag()
    for nanoseconds: Int64 in [0, 64_000, 64_001, 256_000, 256_001, 1 << 50] {
      lag.record(nanoseconds)
    }
    #expect(lag.histogram == [2, 2, 1, 0, 0, 0, 0, 1])
    #expect(lag.takeLongest() == .nanoseconds(1 << 50))
    #expect(lag.takeLongest() == .zero)
  }
}

/// Runs the body on the loop and waits for it.
func onLoop(_ loop: EventLoop, _ body: @escaping @Sendable () -> Void) async {
  await withCheckedContinuation { continuation in
    loop.execute {
      body()
      continuation.resume()
    }
  }
}
