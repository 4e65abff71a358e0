import Foundation

/// Finds participants by names written loosely: without accents, in any case, in
/// part, with a slip, or with the country behind ("Cordoba AR").
public struct NameLookup: Sendable {
  /// What a name came to.
  public enum Answer: Hashable, Sendable {
    /// The index of the only participant meant.
    case found(Int)
    /// Several that may be meant, in their order.
    case ambiguous([Int])
    /// Nobody; the nearest names, nearest first.
    case unknown(nearest: [Int])
  }

  private struct Entry: Sendable {
    let participant: Int
    let name: String
    let words: [String]
  }

  private let entries: [Entry]
  private let countries: [String]
  /// Who has an id: what programs ask by is found at once.
  private var ids: [String: Int]

  /// - Parameters:
  ///   - participants: each with all its names (the id among them) and its country's
  ///     code.
  ///   - ids: places among them by ids that nobody else has as a name.
  private init(_ participants: [(names: [String], country: String)], ids: [String: Int]) {
    self.ids = ids
    countries = participants.map(\.country)
    entries = participants.enumerated().flatMap { index, participant in
      participant.names.map(Self.folded).filter { !$0.isEmpty }.map {
        Entry(participant: index, name: $0, words: $0.split(separator: " ").map(String.init))
      }
    }
  }

  /// - Parameter participants: each with all its names (the id among them) and its
  ///   country's code.
  public init(_ participants: [(names: [String], country: String)]) {
    self.init(participants, ids: [:])
  }

  /// By id, name, aliases and the names of a consortium's members.
  public init(_ participants: [Participant]) {
    self.init(
      participants.map {
        ([$0.id, $0.name] + $0.aliases + $0.members, $0.country)
      }, ids: [:])
    // What is somebody's id and folds to somebody else's name as well stays ambiguous.
    var owners: [String: Int] = [:]
    for entry in entries {
      let owner = owners.updateValue(entry.participant, forKey: entry.name)
      if let owner, owner != entry.participant { owners[entry.name] = -1 }
    }
    var ids: [String: Int] = [:]
    for (place, participant) in participants.enumerated()
    where owners[Self.folded(participant.id)] == place {
      ids[participant.id] = place
    }
    self.ids = ids
  }

  /// Who is meant. A whole name goes before a part of one, a part before a slip.
  ///
  /// - Complexity: O(1) for an id, O(names · length) otherwise.
  public func find(_ query: String) -> Answer {
    if let place = ids[query] { return .found(place) }
    let whole = Self.folded(query)
    var answer = find(whole, among: nil)
    let words = query.split(whereSeparator: \.isWhitespace)
    if let last = words.last?.trimmingCharacters(in: .punctuationCharacters).uppercased(),
      words.count > 1, countries.contains(last)
    {
      // "Córdoba AR": the country decides, unless the whole is somebody's name.
      if case .found = answer { return answer }
      let name = Self.folded(words.dropLast().joined(separator: " "))
      answer = find(name, among: last)
    }
    return answer
  }

  private func find(_ name: String, among country: String?) -> Answer {
    let candidates = entries.filter { country == nil || countries[$0.participant] == country }
    let words = name.split(separator: " ").map(String.init)
    let tests: [(Entry) -> Bool] = [
      { $0.name == name },
      { entry in !words.isEmpty && words.allSatisfy { entry.words.contains($0) } },
      { entry in !name.isEmpty && entry.words.contains { $0.hasPrefix(name) } },
    ]
    for test in tests {
      let hits = Set(candidates.filter(test).map(\.participant)).sorted()
      if hits.count == 1 { return .found(hits[0]) }
      if !hits.isEmpty { return .ambiguous(hits) }
    }
    return .unknown(nearest: nearest(to: name, among: candidates.isEmpty ? entries : candidates))
  }

  private func nearest(to name: String, among candidates: [Entry]) -> [Int] {
    var best: [Int: Int] = [:]
    for entry in candidates {
      let distance = EditDistance.between(name, entry.name)
      best[entry.participant] = min(best[entry.participant] ?? .max, distance)
    }
    return best.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.prefix(3).map(\.key)
  }

  /// Lower case, without accents, with single spaces for all that is no letter or
  /// digit.
  static func folded(_ name: String) -> String {
    let plain = name.folding(
      options: [.diacriticInsensitive, .caseInsensitive, .widthInsensitive], locale: nil)
    // Letters that no accent can be taken from.
    let replaced = plain.lowercased().map { letter in
      switch letter {
      case "ł": "l"
      case "ø": "o"
      case "ß": "ss"
      case "đ", "ð": "d"
      case "ı": "i"
      default: String(letter)
      }
    }.joined()
    return replaced.split { !$0.isLetter && !$0.isNumber }.joined(separator: " ")
  }
}
