package import EncuentroWire
import Synchronization

/// Whether the server serves, and whoever wants to be told when that changes.
package final class HealthBoard: Sendable {
  private struct State {
    var present: HealthResponse
    var watchers: [Int: AsyncStream<HealthResponse>.Continuation] = [:]
    var nextWatcher = 0
    var isDraining = false
  }

  private let state: Mutex<State>

  package init(revision: UInt64) {
    state = Mutex(
      State(present: HealthResponse(state: .serving, revision: revision, indexRevision: revision)))
  }

  package var present: HealthResponse { state.withLock { $0.present } }

  /// The state now, and every later one; a slow watcher gets the newest.
  func changes() -> AsyncStream<HealthResponse> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: HealthResponse.self, bufferingPolicy: .bufferingNewest(1))
    let id = state.withLock { state in
      state.nextWatcher += 1
      state.watchers[state.nextWatcher] = continuation
      continuation.yield(state.present)
      return state.nextWatcher
    }
    continuation.onTermination = { [self] _ in
      state.withLock { _ = $0.watchers.removeValue(forKey: id) }
    }
    return stream
  }

  /// The index holds a revision of the store.
  package func indexed(_ revision: UInt64) {
    change { present in
      present.revision = max(present.revision, revision)
      present.indexRevision = revision
      present.state = .serving
      present.reason = ""
    }
  }

  package func failed(_ reason: String) {
    change { present in
      present.state = .failing
      present.reason = reason
    }
  }

  /// New calls are refused from now on; watchers are told, and their calls end.
  package func drain() {
    change { $0.reason = "the server is being stopped" }
    let watchers = state.withLock { state in
      state.isDraining = true
      state.present.state = .draining
      defer { state.watchers = [:] }
      for watcher in state.watchers.values { watcher.yield(state.present) }
      return Array(state.watchers.values)
    }
    for watcher in watchers { watcher.finish() }
  }

  private func change(_ body: (inout HealthResponse) -> Void) {
    state.withLock { state in
      let before = state.present
      body(&state.present)
      if state.isDraining { state.present.state = .draining }
      guard state.present != before else { return }
      for watcher in state.watchers.values { watcher.yield(state.present) }
    }
  }
}
