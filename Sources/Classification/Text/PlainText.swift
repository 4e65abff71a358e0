public import Foundation

/// Why bytes are not text that can be classified.
public enum TextError: Error, Equatable, Sendable {
  /// Nothing but white space, or nothing at all.
  case empty
  /// More bytes than the limit.
  case tooLarge(bytes: Int, limit: Int)
  /// Not UTF-8; the offset of the first wrong byte.
  case invalidUTF8(offset: Int)
  /// A byte 0, which no text holds: a binary file, or UTF-16.
  case nul(offset: Int)
}

extension TextError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty:
      "the text is empty; give at least a sentence"
    case .tooLarge(let bytes, let limit):
      "the text has \(bytes) bytes, the limit is \(limit); split it, or raise --limit"
    case .invalidUTF8(let offset):
      "not valid UTF-8 at byte \(offset); convert it, for example with "
        + "'iconv -f WINDOWS-1252 -t UTF-8'"
    case .nul(let offset):
      "a NUL at byte \(offset): a binary file, or UTF-16; convert it to UTF-8 text"
    }
  }
}

/// Text that is known to be UTF-8, not empty, without NUL, and within a limit.
public struct PlainText: Sendable {
  /// The default limit: 16 MiB.
  public static let defaultLimit = 16 << 20

  /// The text's bytes, as given but for a byte order mark at the start.
  public let utf8: [UInt8]

  /// Validates bytes.
  ///
  /// - Complexity: O(n), one pass.
  public init(_ data: Data, limit: Int = PlainText.defaultLimit) throws(TextError) {
    guard data.count <= limit else { throw .tooLarge(bytes: data.count, limit: limit) }
    let hasMark = data.starts(with: [0xEF, 0xBB, 0xBF])
    let bytes = [UInt8](hasMark ? data.dropFirst(3) : data[...])
    let skipped = hasMark ? 3 : 0
    if let offset = bytes.firstIndex(of: 0) { throw .nul(offset: offset + skipped) }
    if let offset = Self.firstInvalid(bytes) { throw .invalidUTF8(offset: offset + skipped) }
    guard bytes.contains(where: { !Self.isSpace($0) }) else { throw .empty }
    utf8 = bytes
  }

  /// Validates a string.
  public init(_ text: String, limit: Int = PlainText.defaultLimit) throws(TextError) {
    try self.init(Data(text.utf8), limit: limit)
  }

  /// The text in a range of bytes.
  public subscript(range: Range<Int>) -> String { String(decoding: utf8[range], as: UTF8.self) }

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  /// Where the bytes stop being UTF-8 (Unicode 16, table 3-7), or nil.
  static func firstInvalid(_ bytes: [UInt8]) -> Int? {
    var at = 0
    while at < bytes.count {
      let lead = bytes[at]
      if lead < 0x80 {
        at += 1
        continue
      }
      let second: ClosedRange<UInt8>
      let length: Int
      switch lead {
      case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
      case 0xE0: (length, second) = (3, 0xA0...0xBF)
      case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
      case 0xED: (length, second) = (3, 0x80...0x9F)
      case 0xF0: (length, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
      case 0xF4: (length, second) = (4, 0x80...0x8F)
      default: return at
      }
      guard at + length <= bytes.count, second.contains(bytes[at + 1]),
        bytes[(at + 2)..<(at + length)].allSatisfy({ (0x80...0xBF).contains($0) })
      else { return at }
      at += length
    }
    return nil
  }
}
