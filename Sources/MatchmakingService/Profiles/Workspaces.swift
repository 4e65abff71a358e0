import Classification
import Foundation
import Synchronization

/// Workspaces that calls borrow one after another: each has megabytes of buffers, which
/// many calls would otherwise allocate and free.
final class Workspaces: Sendable {
  private struct Idle: @unchecked Sendable {
    // Only held here while nobody uses it: `borrow` takes it out, and its caller alone
    // has it until it comes back.
    var workspace: Classifier.Workspace
  }

  private let idle = Mutex<[Idle]>([])
  /// So many are kept; more are only made while more calls run at once.
  private let most = ProcessInfo.processInfo.activeProcessorCount + 1

  func borrow<Result>(_ body: (Classifier.Workspace) throws -> Result) rethrows -> Result {
    let borrowed = idle.withLock { $0.popLast() } ?? Idle(workspace: Classifier.Workspace())
    defer { idle.withLock { if $0.count < most { $0.append(borrowed) } } }
    return try body(borrowed.workspace)
  }
}
