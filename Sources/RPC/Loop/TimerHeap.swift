/// Timers of one loop by their time; a cancelled one leaves at once.
final class TimerHeap {
  final class Timer: LoopTimer, @unchecked Sendable {
    // Touched on its loop only, as every method of LoopTimer demands.
    fileprivate var place = -1
    fileprivate let time: ContinuousClock.Instant
    fileprivate var body: (@Sendable () -> Void)?
    /// While it is in there.
    fileprivate var heap: TimerHeap?

    fileprivate init(
      _ time: ContinuousClock.Instant, _ heap: TimerHeap?, _ body: (@Sendable () -> Void)?
    ) {
      self.time = time
      self.heap = heap
      self.body = body
    }

    /// - Complexity: O(log n).
    package func cancel() {
      body = nil
      heap?.remove(self)
    }
  }

  private var timers: [Timer] = []

  var first: ContinuousClock.Instant? { timers.first?.time }

  /// - Complexity: O(log n).
  func add(at time: ContinuousClock.Instant, _ body: @escaping @Sendable () -> Void) -> Timer {
    let timer = Timer(time, self, body)
    timer.place = timers.count
    timers.append(timer)
    siftUp(timer.place)
    return timer
  }

  /// Does what is due.
  func run(until now: ContinuousClock.Instant) {
    while let timer = timers.first, timer.time <= now {
      remove(timer)
      let body = timer.body
      timer.body = nil
      body?()
    }
  }

  /// Drops all, undone.
  func removeAll() {
    for timer in timers {
      timer.place = -1
      timer.heap = nil
      timer.body = nil
    }
    timers = []
  }

  /// A timer whose time does not come.
  static func never() -> Timer { Timer(ContinuousClock.now, nil, nil) }

  private func remove(_ timer: Timer) {
    let place = timer.place
    guard place >= 0, let last = timers.popLast() else { return }
    timer.place = -1
    timer.heap = nil
    guard last !== timer else { return }
    timers[place] = last
    last.place = place
    siftUp(place)
    siftDown(last.place)
  }

  private func siftUp(_ start: Int) {
    var place = start
    while place > 0 {
      let parent = (place - 1) / 2
      guard timers[place].time < timers[parent].time else { return }
      swap(place, parent)
      place = parent
    }
  }

  private func siftDown(_ start: Int) {
    var place = start
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < timers.count {
        if timers[child].time < timers[least].time { least = child }
      }
      guard least != place else { return }
      swap(place, least)
      place = least
    }
  }

  private func swap(_ a: Int, _ b: Int) {
    timers.swapAt(a, b)
    timers[a].place = a
    timers[b].place = b
  }
}
