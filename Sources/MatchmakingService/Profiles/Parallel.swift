import Dispatch
import Foundation
import Synchronization

/// Work on many elements, on all cores; on this one alone when its thread is of low
/// priority, because the others' threads are not and would go before those who wait.
enum Parallel {
  /// Elements that one thread takes at a time: few, so that no core ends long before
  /// the others.
  private static let chunk = 16

  /// The elements in order.
  ///
  /// - Parameters:
  ///   - progress: called with the number done, from any thread.
  ///   - makeScratch: what is reused from element to element of one chunk.
  /// - Throws: the error of the first element that has one; `CancellationError` when
  ///   the task is cancelled.
  static func map<Scratch, Element: Sendable>(
    count: Int, progress: @Sendable (Int) -> Void, makeScratch: @Sendable () -> Scratch,
    element: @Sendable (Int, Scratch) throws -> Element
  ) throws -> [Element] {
    let results = Mutex<[Result<Element, any Error>?]>(Array(repeating: nil, count: count))
    let done = Atomic<Int>(0)
    // Threads of the pool belong to no task; this one does, and works along.
    let isCancelled = Atomic<Bool>(false)
    withoutActuallyEscaping(element) { element in
      perform((count + chunk - 1) / chunk) { part in
        let scratch = makeScratch()
        for place in part * chunk..<min((part + 1) * chunk, count) {
          if Task.isCancelled { isCancelled.store(true, ordering: .relaxed) }
          if isCancelled.load(ordering: .relaxed) { return }
          let result = Result { try element(place, scratch) }
          results.withLock { $0[place] = result }
          progress(done.add(1, ordering: .relaxed).newValue)
        }
      }
    }
    if isCancelled.load(ordering: .relaxed) { throw CancellationError() }
    return try results.withLock { try $0.map { try ($0 ?? .failure(CancellationError())).get() } }
  }

  private static func perform(_ parts: Int, _ body: @Sendable (Int) -> Void) {
    #if canImport(Glibc)
      let isPatient = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) > 0
    #else
      let isPatient = false
    #endif
    if isPatient {
      for part in 0..<parts { body(part) }
    } else {
      DispatchQueue.concurrentPerform(iterations: parts, execute: body)
    }
  }
}
