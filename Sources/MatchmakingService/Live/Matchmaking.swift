import Classification
import Foundation
package import Programme
import Results
package import Storage
import Synchronization

/// The store with an index over it. Reads take the present snapshot; writes are made
/// durable together, and a new snapshot follows them.
package final class Matchmaking: Sendable {
  /// Who is told of what goes on.
  package struct Observer: Sendable {
    package var indexed: @Sendable (_ revision: UInt64, _ participants: Int, Duration) -> Void
    package var failed: @Sendable (_ reason: String) -> Void

    package init(
      indexed: @escaping @Sendable (UInt64, Int, Duration) -> Void = { _, _, _ in },
      failed: @escaping @Sendable (String) -> Void = { _ in }
    ) {
      self.indexed = indexed
      self.failed = failed
    }
  }

  private struct PendingWrite {
    var request: WriteRequest
    var continuation: CheckedContinuation<Result<WriteReceipt, StoreError>, Never>
  }

  private struct Waiter {
    var revision: UInt64
    var continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var contents: Contents
    var snapshot: Snapshot
    var pending: [PendingWrite] = []
    var isWriting = false
    var isBuilding = false
    var waiters: [UInt64: Waiter] = [:]
    var nextWaiter: UInt64 = 0
    /// Why the last index could not be built.
    var failure: String?
    /// When old idempotency keys were last looked for; microseconds since 1970.
    var keysForgotten: Int64 = 0

    /// Puts another snapshot in place.
    ///
    /// - Returns: who has waited for it.
    mutating func publish(_ engine: MatchingEngine, _ contents: Contents) -> [Waiter] {
      snapshot = Snapshot(
        engine: engine, revision: contents.revision, assignments: contents.assignments)
      failure = nil
      let ready = waiters.filter { $0.value.revision <= contents.revision }
      for id in ready.keys { waiters[id] = nil }
      return Array(ready.values)
    }
  }

  package let classification: ClassificationEngine
  package let store: any Store
  private let state: Mutex<State>
  /// Where the store's writes and the building of indexes run; they block or compute
  /// for long.
  private let writing: any TaskExecutor
  private let building: any TaskExecutor
  private let observer: Observer

  /// Reads the store and builds the first index.
  ///
  /// - Parameters:
  ///   - writing, building: where writes and new indexes are worked on.
  ///   - progress: called with what is done and what is to be done.
  /// - Throws: `StoreError`; `TextError` for a stored plan that is no text.
  package init(
    _ classification: ClassificationEngine, store: any Store, writing: any TaskExecutor,
    building: any TaskExecutor, observer: Observer = Observer(),
    progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) throws {
    let contents = Contents(try store.snapshot())
    let count = contents.participants.count
    let engine = try classification.matching(
      contents.sorted, decisions: Array(contents.decisions.values)
    ) { progress($0, 2 * count) }
    // Nobody waits yet; and who asks first shall not wait for this.
    try engine.readTerms { progress(count + $0, 2 * count) }
    self.classification = classification
    self.store = store
    self.writing = writing
    self.building = building
    self.observer = observer
    state = Mutex(
      State(
        contents: contents,
        snapshot: Snapshot(
          engine: engine, revision: contents.revision, assignments: contents.assignments)))
  }

  package var programme: ProgrammeDefinition { classification.programme }

  /// What to answer from now. The lock is held for a retain only.
  package var snapshot: Snapshot { state.withLock { $0.snapshot } }

  /// The revision of the store, and why its index lags behind if it cannot be built.
  package var health: (revision: UInt64, failure: String?) {
    state.withLock { ($0.contents.revision, $0.failure) }
  }

  /// Writes and builds that wait.
  package var queueDepths: (writes: Int, waiters: Int) {
    state.withLock { ($0.pending.count, $0.waiters.count) }
  }

  /// A snapshot that holds a revision, waiting for it if need be.
  ///
  /// - Throws: `CancellationError`; `InputError` for a revision that the store has
  ///   not reached, which no waiting would bring.
  package func snapshot(atLeast revision: UInt64) async throws -> Snapshot {
    let present = snapshot
    guard present.revision < revision else { return present }
    let (id, known) = state.withLock { state in
      state.nextWaiter += 1
      return (state.nextWaiter, state.contents.revision)
    }
    guard revision <= known else {
      throw InputError(
        description: "revision \(revision) has not been written; the store is at \(known)")
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isDone = state.withLock { state in
          if state.snapshot.revision >= revision || Task.isCancelled { return true }
          state.waiters[id] = Waiter(revision: revision, continuation: continuation)
          return false
        }
        if isDone { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
    }
    try Task.checkCancellation()
    return snapshot
  }

  /// Carries out a write; it is on the disk when this returns. Writes that come
  /// together share one transaction.
  package func write(_ request: WriteRequest) async throws(StoreError) -> WriteReceipt {
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<WriteReceipt, StoreError>, Never>) in
      let starts = state.withLock { state in
        state.pending.append(PendingWrite(request: request, continuation: continuation))
        defer { state.isWriting = true }
        return !state.isWriting
      }
      if starts { Task(executorPreference: writing) { self.writePending() } }
    }
    return try result.get()
  }

  /// So many writes at most in a transaction, so that none waits long for the others.
  private static let batch = 256

  private func writePending() {
    while true {
      let batch = state.withLock { state in
        let batch = Array(state.pending.prefix(Self.batch))
        state.pending.removeFirst(batch.count)
        state.isWriting = !batch.isEmpty
        return batch
      }
      guard !batch.isEmpty else { return }
      var results: [Result<WriteReceipt, StoreError>]
      do throws(StoreError) {
        results = try store.write(batch.map(\.request))
      } catch {
        results = batch.map { _ in .failure(error) }
      }
      forgetOldKeys(batch[0].request.time)
      let (starts, ready) = state.withLock { state -> (Bool, [Waiter]) in
        var isChanged = false
        for (write, result) in zip(batch, results) {
          guard case .success(let receipt) = result else { continue }
          if state.contents.apply(write.request.change, receipt) { isChanged = true }
        }
        // A build under way looks for what is new when it ends.
        guard !state.isBuilding else { return (false, []) }
        // What could not be built is still to come, also when this changed nothing.
        state.isBuilding = isChanged || state.failure != nil
        guard !state.isBuilding else { return (true, []) }
        let contents = state.contents
        return (false, state.publish(state.snapshot.engine, contents))
      }
      for waiter in ready { waiter.continuation.resume() }
      for (write, result) in zip(batch, results) { write.continuation.resume(returning: result) }
      if starts { Task(executorPreference: building) { self.build() } }
    }
  }

  /// Idempotency keys are kept for seven days; looked at once an hour, when something is
  /// written.
  private func forgetOldKeys(_ now: Int64) {
    let (hour, week): (Int64, Int64) = (3_600_000_000, 7 * 24 * 3_600_000_000)
    let isTime = state.withLock { state in
      defer { if now - state.keysForgotten > hour { state.keysForgotten = now } }
      return now - state.keysForgotten > hour
    }
    // What fails now is done an hour later; keys that are kept too long harm nobody.
    if isTime { try? store.forgetKeys(before: now - week) }
  }

  /// Builds indexes until one holds everything that was written.
  private func build() {
    while true {
      let (contents, earlier) = state.withLock { ($0.contents, $0.snapshot) }
      let start = ContinuousClock.now
      let result = Result {
        try classification.matching(
          contents.sorted, decisions: Array(contents.decisions.values), reusing: earlier.engine
        ) { _ in }
      }
      let (ready, isDone) = state.withLock { state -> ([Waiter], Bool) in
        var ready: [Waiter] = []
        switch result {
        case .success(let engine): ready = state.publish(engine, contents)
        case .failure(let error): state.failure = "\(error)"
        }
        let isDone = state.contents.revision == contents.revision
        if isDone { state.isBuilding = false }
        return (ready, isDone)
      }
      for waiter in ready { waiter.continuation.resume() }
      switch result {
      case .success(let engine):
        observer.indexed(contents.revision, engine.participants.count, .now - start)
      case .failure(let error): observer.failed("the index could not be built: \(error)")
      }
      if isDone { break }
    }
    readTerms()
  }

  /// Finds the terms of what has changed before somebody waits for them, until a new
  /// index is wanted, which would wait for this.
  private func readTerms() {
    Task(executorPreference: building) { [weak self] in
      guard let snapshot = self?.snapshot else { return }
      snapshot.engine.readTerms { self?.state.withLock { !$0.isBuilding } ?? false }
    }
  }
}
