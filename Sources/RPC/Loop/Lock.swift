#if CHECK_THREADS
  import Foundation

  /// Stands for the standard library's mutex when ThreadSanitizer watches, which does not
  /// see what that one orders on Linux and would report every use of it.
  final class Lock<Value>: @unchecked Sendable {
    // Only touched while the lock is held.
    private var value: Value
    private let lock = NSLock()

    init(_ value: sending Value) { self.value = value }

    func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
      lock.lock()
      defer { lock.unlock() }
      return try body(&value)
    }
  }
#else
  import Synchronization

  typealias Lock = Mutex
#endif
