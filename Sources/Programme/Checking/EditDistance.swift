/// How far apart two words are, to suggest the one that was meant.
package enum EditDistance {
  /// The fewest insertions, deletions, substitutions and swaps of neighbours
  /// that turn one word into the other (Damerau-Levenshtein in its restricted
  /// form: nothing is edited twice).
  ///
  /// - Complexity: O(n·m) time, O(m) memory.
  package static func between(_ first: String, _ second: String) -> Int {
    let first = Array(first)
    let second = Array(second)
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for (i, a) in first.enumerated() {
      var row = [i + 1]
      row.reserveCapacity(second.count + 1)
      for (j, b) in second.enumerated() {
        var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a == b ? 0 : 1))
        if i > 0, j > 0, a == second[j - 1], b == first[i - 1] {
          best = min(best, beforeLast[j - 1] + 1)
        }
        row.append(best)
      }
      (beforeLast, last) = (last, row)
    }
    return last[second.count]
  }

  /// The candidate nearest to a word, the first of several, ignoring case; nil
  /// when more than a third of its letters would have to change (at least two
  /// may in words of four letters and more).
  package static func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
    let length = word.count
    let word = word.lowercased()
    var nearest: (candidate: String, distance: Int)?
    for candidate in candidates {
      let allowed = candidate.count < 4 ? 1 : max(2, candidate.count / 3)
      // Also keeps very long words from costing anything.
      guard abs(candidate.count - length) <= allowed else { continue }
      let distance = between(word, candidate.lowercased())
      if distance <= allowed, distance < nearest?.distance ?? .max {
        nearest = (candidate, distance)
      }
    }
    return nearest?.candidate
  }
}
