/// One state of a double-array trie over bytes: 16 bytes, so that following an
/// arc touches one cache line and also tells the key that ends there.
///
/// From state `s`, byte `c` leads to state `units[s].base + c` when that unit's
/// `check` is `s`. (J. Aoe, "An efficient digital search algorithm by using a
/// double-array structure", IEEE TSE 15(9), 1989.)
struct TrieUnit: BitwiseCopyable {
  var base: Int32
  var check: Int32
  /// The key that ends in this state, or -1.
  var key: Int32
  /// What the key is worth.
  var score: Float

  static let vacant = TrieUnit(base: 0, check: -1, key: -1, score: 0)
}

/// Builds the units of a double-array trie.
struct DoubleArrayBuilder {
  private(set) var units: [TrieUnit] = []
  /// Vacant units form a ring through these two, in rising order.
  private var next: [Int32] = []
  private var previous: [Int32] = []
  private var firstVacant: Int32 = -1

  private typealias Entry = (bytes: [UInt8], key: Int32, score: Float)

  /// Builds a trie; `keys` are distinct and hold no byte 0.
  ///
  /// - Complexity: O(total bytes) arcs, each placed at the first fit.
  init(keys: [(bytes: [UInt8], key: Int32, score: Float)]) {
    let sorted = keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    grow(to: 512)
    occupy(0, check: 0)
    var queue: [(state: Int, depth: Int, range: Range<Int>)] = [(0, 0, 0..<sorted.count)]
    var head = 0
    while head < queue.count {
      let (state, depth, range) = queue[head]
      head += 1
      var start = range.lowerBound
      if start < range.upperBound, sorted[start].bytes.count == depth {
        units[state].key = sorted[start].key
        units[state].score = sorted[start].score
        start += 1
      }
      var arcs: [(byte: UInt8, range: Range<Int>)] = []
      while start < range.upperBound {
        let byte = sorted[start].bytes[depth]
        var end = start + 1
        while end < range.upperBound, sorted[end].bytes[depth] == byte { end += 1 }
        arcs.append((byte, start..<end))
        start = end
      }
      guard !arcs.isEmpty else { continue }
      let base = place(arcs.map(\.byte))
      units[state].base = Int32(base)
      for arc in arcs {
        occupy(base + Int(arc.byte), check: Int32(state))
        queue.append((base + Int(arc.byte), depth + 1, arc.range))
      }
    }
    // A look-up may reach 255 units past the last base.
    units += Array(repeating: .vacant, count: 256)
  }

  private mutating func place(_ bytes: [UInt8]) -> Int {
    var candidate = firstVacant
    while candidate >= 0 {
      let base = Int(candidate) - Int(bytes[0])
      if base > 0 {
        if base + 256 > units.count { grow(to: units.count * 2) }
        if bytes.allSatisfy({ units[base + Int($0)].check < 0 }) { return base }
      }
      let following = next[Int(candidate)]
      if following < 0 { grow(to: units.count * 2) }
      candidate = next[Int(candidate)]
    }
    preconditionFailure("growing always leaves vacant units")
  }

  private mutating func grow(to count: Int) {
    let old = units.count
    units += Array(repeating: .vacant, count: count - old)
    var last: Int32 = -1
    var at = firstVacant
    // The ring's end is found from the back: vacant units cluster there.
    if old > 0 {
      at = Int32(old - 1)
      while at >= 0, units[Int(at)].check >= 0 { at -= 1 }
      last = at
    }
    next += Array(repeating: -1, count: count - old)
    previous += Array(repeating: -1, count: count - old)
    for unit in old..<count {
      previous[unit] = last
      if last >= 0 { next[Int(last)] = Int32(unit) } else { firstVacant = Int32(unit) }
      last = Int32(unit)
    }
  }

  private mutating func occupy(_ unit: Int, check: Int32) {
    units[unit].check = check
    let before = previous[unit]
    let after = next[unit]
    if before >= 0 { next[Int(before)] = after } else { firstVacant = after }
    if after >= 0 { previous[Int(after)] = before }
  }
}
