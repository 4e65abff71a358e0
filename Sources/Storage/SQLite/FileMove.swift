import Foundation

/// Gives a finished file its name.
enum FileMove {
  /// Moves a file within its folder so that the name is there with all of it, or not at
  /// all, also after a loss of power.
  ///
  /// - Throws: `StoreError`; then the file lies where it was.
  static func move(
    _ source: String, to destination: String, replacing: Bool
  ) throws(StoreError) {
    if replacing {
      guard rename(source, destination) == 0 else { throw StoreError(systemErrorAt: destination) }
    } else if link(source, destination) == 0 {
      // Unlike a rename, a link never takes the place of a file that came meanwhile.
      unlink(source)
    } else if [EPERM, ENOTSUP, EOPNOTSUPP].contains(errno) {
      // A file system without links, such as a memory stick's.
      guard !FileManager.default.fileExists(atPath: destination) else {
        throw .failed(reason: "\(destination) is there already; name another file")
      }
      guard rename(source, destination) == 0 else { throw StoreError(systemErrorAt: destination) }
    } else {
      throw StoreError(systemErrorAt: destination)
    }
    try syncFolder(of: destination)
  }

  private static func syncFolder(of path: String) throws(StoreError) {
    let folder = (path as NSString).deletingLastPathComponent
    let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StoreError(systemErrorAt: path) }
    defer { close(descriptor) }
    // Some file systems cannot sync a folder, and say EINVAL.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw StoreError(systemErrorAt: path) }
  }
}
