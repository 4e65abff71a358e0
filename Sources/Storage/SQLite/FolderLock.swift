import Foundation

/// A lock on a data folder, so that two servers do not write to one store. The system
/// takes it back when the process ends, however it ends.
final class FolderLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `StoreError.locked` when another process has it.
  init(folder: String) throws(StoreError) {
    let path = (folder as NSString).appendingPathComponent("lock")
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw StoreError(systemErrorAt: path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let isTaken = errno == EWOULDBLOCK
      let error = StoreError(systemErrorAt: path)
      close(descriptor)
      throw isTaken
        ? .locked(reason: "\(folder) is used by another server; stop it, or take another folder")
        : error
    }
  }

  deinit { close(descriptor) }
}

extension StoreError {
  /// What the last system call on a file failed of.
  init(systemErrorAt path: String) {
    let code = errno
    let reason = "\(path): \(String(cString: strerror(code)))"
    self = [ENOSPC, EDQUOT].contains(code) ? .full(reason: reason) : .failed(reason: reason)
  }
}
