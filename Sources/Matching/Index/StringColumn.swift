/// Many strings in one piece of memory, four bytes each beside their UTF-8.
struct StringColumn: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [UInt32] = []

  var count: Int { ends.count }

  mutating func append(_ string: String) {
    bytes.append(contentsOf: string.utf8)
    precondition(bytes.count <= Int(UInt32.max), "four gigabytes of text are enough")
    ends.append(UInt32(bytes.count))
  }

  subscript(index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

  /// The places of the strings in the order of their Unicode scalars, which is that
  /// of their UTF-8; equal ones in the order of their places.
  ///
  /// - Complexity: O(count · log(count)), most comparisons of eight bytes at once.
  func sortedPlaces() -> [UInt32] {
    var entries = (0..<count).map { Entry(start: start(of: $0), place: UInt32($0)) }
    entries.sort { first, second in
      if first.start != second.start { return first.start < second.start }
      let (x, y) = (bytes[range(Int(first.place))], bytes[range(Int(second.place))])
      if x.elementsEqual(y) { return first.place < second.place }
      return x.lexicographicallyPrecedes(y)
    }
    return entries.map(\.place)
  }

  /// Whether the string at a place comes before another.
  func isBefore(_ index: Int, _ other: String) -> Bool {
    bytes[range(index)].lexicographicallyPrecedes(other.utf8)
  }

  func isEqual(_ index: Int, _ other: String) -> Bool {
    bytes[range(index)].elementsEqual(other.utf8)
  }

  func isASCII(_ index: Int) -> Bool { bytes[range(index)].allSatisfy { $0 < 0x80 } }

  private struct Entry {
    var start: UInt64
    var place: UInt32
  }

  private func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
  }

  /// The first eight bytes, which order as numbers as they do as text.
  private func start(of index: Int) -> UInt64 {
    let range = range(index)
    var start: UInt64 = 0
    for offset in 0..<8 {
      let at = range.lowerBound + offset
      start = start << 8 | (at < range.upperBound ? UInt64(bytes[at]) : 0)
    }
    return start
  }
}
