/// Keys with values that travel with a call, in their order; a key may occur several
/// times.
package struct Metadata: Hashable, Sendable {
  package struct Entry: Hashable, Sendable {
    /// 1 to 128 of a-z, 0-9, "-", "_" and "."; with "-bin" at its end the value is any
    /// bytes, otherwise UTF-8.
    package var key: String
    package var value: [UInt8]

    package init(key: String, value: [UInt8]) {
      self.key = key
      self.value = value
    }
  }

  package private(set) var entries: [Entry]

  package init(_ entries: [Entry] = []) { self.entries = entries }

  package mutating func add(_ key: String, _ value: String) {
    entries.append(Entry(key: key, value: Array(value.utf8)))
  }

  /// The first value of a key as text.
  ///
  /// - Complexity: O(entries).
  package subscript(key: String) -> String? {
    entries.first { $0.key == key }.map { String(decoding: $0.value, as: UTF8.self) }
  }

  /// The bytes of keys and values, which limits count.
  package var byteCount: Int {
    entries.reduce(0) { $0 + $1.key.utf8.count + $1.value.count }
  }
}
