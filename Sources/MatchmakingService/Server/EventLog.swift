import Foundation
import Synchronization

/// A structured log: one JSON object on a line for each event, written by a thread of
/// its own, so that nobody who logs ever waits for a disk or a pipe.
package final class EventLog: Sendable {
  package enum Level: Int, Sendable, CaseIterable, Comparable {
    case debug, info, warning, error, none

    package init?(_ name: String) {
      guard let level = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
      self = level
    }

    package static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  private struct Buffer {
    var bytes: [UInt8] = []
    var dropped = 0
    var isClosed = false
  }

  /// Bytes that wait for the disk; beyond these, events are dropped and counted.
  private static let largestBuffer = 8 << 20

  package let level: Level
  private let descriptor: Int32
  private let buffer = Mutex(Buffer())
  private let filled = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - descriptor: where to, such as standard error; not closed at the end.
  ///   - level: the least that is logged.
  package init(descriptor: Int32, level: Level) {
    self.descriptor = descriptor
    self.level = level
    guard level != .none else { return }
    let thread = Thread { [self] in write() }
    thread.name = "log"
    thread.start()
  }

  /// Logs an event if its level is enough.
  ///
  /// - Parameter fields: adds what there is to say; not called for what is not logged.
  package func log(_ level: Level, _ event: String, _ fields: (inout Line) -> Void = { _ in }) {
    guard level >= self.level, level != .none else { return }
    var line = Line(level: level, event: event)
    fields(&line)
    let bytes = line.finished
    let wasEmpty = buffer.withLock { buffer in
      guard buffer.bytes.count + bytes.count <= Self.largestBuffer else {
        buffer.dropped += 1
        return false
      }
      defer { buffer.bytes += bytes }
      return buffer.bytes.isEmpty
    }
    if wasEmpty { filled.signal() }
  }

  /// Writes what waits, and ends; what is logged later is lost.
  package func close() {
    guard level != .none else { return }
    buffer.withLock { $0.isClosed = true }
    filled.signal()
    ended.wait()
  }

  private func write() {
    while true {
      filled.wait()
      let (bytes, dropped, isClosed) = buffer.withLock { buffer in
        defer { (buffer.bytes, buffer.dropped) = ([], 0) }
        return (buffer.bytes, buffer.dropped, buffer.isClosed)
      }
      put(bytes)
      if dropped > 0 {
        var line = Line(level: .warning, event: "log.dropped")
        line.add("events", dropped)
        put(line.finished)
      }
      if isClosed { break }
    }
    ended.signal()
  }

  private func put(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Foundation.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        // Nobody reads the log any more; the service goes on without.
        if count <= 0 { return }
        rest = rest.dropFirst(count)
      }
    }
  }

  /// An event being written.
  package struct Line {
    private var bytes: [UInt8] = []

    init(level: Level, event: String) {
      bytes.reserveCapacity(256)
      bytes += "{\"time\":\"".utf8
      appendTime()
      bytes += "\",\"level\":\"\(level)\",\"event\":".utf8
      append(event)
    }

    package mutating func add(_ key: StaticString, _ value: String) {
      self.key(key)
      append(value)
    }

    package mutating func add(_ key: StaticString, _ value: some BinaryInteger) {
      self.key(key)
      bytes += String(value).utf8
    }

    /// A time in microseconds.
    package mutating func add(_ key: StaticString, microseconds value: Duration) {
      add(key, value.microseconds)
    }

    private mutating func key(_ key: StaticString) {
      bytes += ",\"".utf8
      key.withUTF8Buffer { bytes += $0 }
      bytes += "\":".utf8
    }

    fileprivate var finished: [UInt8] { bytes + "}\n".utf8 }

    /// RFC 3339 in UTC with microseconds.
    private mutating func appendTime() {
      var now = timespec()
      clock_gettime(CLOCK_REALTIME, &now)
      var parts = tm()
      gmtime_r(&now.tv_sec, &parts)
      func append(_ value: Int, _ digits: Int, _ end: String) {
        let text = String(value)
        for _ in 0..<max(0, digits - text.utf8.count) { bytes.append(UInt8(ascii: "0")) }
        bytes += text.utf8
        bytes += end.utf8
      }
      append(Int(parts.tm_year) + 1900, 4, "-")
      append(Int(parts.tm_mon) + 1, 2, "-")
      append(Int(parts.tm_mday), 2, "T")
      append(Int(parts.tm_hour), 2, ":")
      append(Int(parts.tm_min), 2, ":")
      append(Int(parts.tm_sec), 2, ".")
      append(Int(now.tv_nsec) / 1000, 6, "Z")
    }

    /// A JSON string (RFC 8259, section 7).
    private mutating func append(_ text: String) {
      bytes.append(UInt8(ascii: "\""))
      for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
          bytes.append(UInt8(ascii: "\\"))
          bytes.append(byte)
        case 0..<0x20, 0x7F:
          let digits = String(byte, radix: 16)
          bytes += "\\u00\(digits.utf8.count < 2 ? "0" : "")\(digits)".utf8
        default: bytes.append(byte)
        }
      }
      bytes.append(UInt8(ascii: "\""))
    }
  }
}

extension Duration {
  /// Whole microseconds, rounded down.
  var microseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  }
}
