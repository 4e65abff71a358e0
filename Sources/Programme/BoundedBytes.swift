package import Foundation

/// Bytes of files and streams, up to a limit, so that an endless one, such as
/// /dev/zero, costs no more than a long one.
package enum BoundedBytes {
  package enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    case notFound
    case unreadable(reason: String)
    case tooMany(limit: Int)

    package var description: String {
      switch self {
      case .notFound: "no such file"
      case .unreadable(let reason): "cannot be read: \(reason)"
      case .tooMany(let limit): "holds more bytes than the limit; the limit is \(limit)"
      }
    }

    /// What the system's last error means for a file.
    package static var ofLastCall: Failure {
      errno == ENOENT ? .notFound : .unreadable(reason: String(cString: strerror(errno)))
    }
  }

  /// Everything that is left to read.
  package static func read(_ descriptor: Int32, limit: Int) throws(Failure) -> Data {
    var data = Data()
    var part = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = Foundation.read(descriptor, &part, part.count)
      if count == 0 { return data }
      if count < 0 {
        if errno == EINTR { continue }
        throw .ofLastCall
      }
      guard data.count + count <= limit else { throw .tooMany(limit: limit) }
      data.append(contentsOf: part[..<count])
    }
  }

  /// A whole file.
  package static func read(path: String, limit: Int) throws(Failure) -> Data {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .ofLastCall }
    defer { close(descriptor) }
    return try read(descriptor, limit: limit)
  }
}
