import Foundation
import Programme

/// What is known of a profile, a bit each.
struct Knowledge: OptionSet, Hashable, Sendable {
  let rawValue: UInt16

  static let memberships = Knowledge(rawValue: 1)
  static let content = Knowledge(rawValue: 2)
  static let offers = Knowledge(rawValue: 4)
  static let seeks = Knowledge(rawValue: 8)
  static let population = Knowledge(rawValue: 16)
  static let languages = Knowledge(rawValue: 32)
  static let alumni = Knowledge(rawValue: 64)
  static let gcom = Knowledge(rawValue: 128)
  /// Some themes; an empty set says as little as none.
  static let themes = Knowledge(rawValue: 256)

  static let bits = 9

  init(rawValue: UInt16) { self.rawValue = rawValue }

  init(_ profile: Profile) {
    var known: Knowledge = []
    if profile.memberships != nil { known.insert(.memberships) }
    if profile.content != nil { known.insert(.content) }
    if profile.offers != nil { known.insert(.offers) }
    if profile.seeks != nil { known.insert(.seeks) }
    if profile.facts.population != nil { known.insert(.population) }
    if profile.facts.languages != nil { known.insert(.languages) }
    if profile.facts.isAlumni != nil { known.insert(.alumni) }
    if profile.facts.gcom != nil { known.insert(.gcom) }
    if profile.facts.ris3Themes?.isEmpty == false { known.insert(.themes) }
    self = known
  }
}

/// Facts of few values as small numbers, with the factor of any two of them in a
/// table.
enum FactCodes {
  /// Codes of whether a participant took part before, and of its badges.
  static let mentoringCount = 3 * 65

  static func mentoring(_ facts: Profile.Facts) -> UInt8 {
    let alumni = facts.isAlumni.map { $0 ? 2 : 1 } ?? 0
    let gcom = facts.gcom.map { 1 + $0.ranks[0] + 4 * $0.ranks[1] + 16 * $0.ranks[2] } ?? 0
    return UInt8(alumni * 65 + gcom)
  }

  static func decodeMentoring(_ code: UInt8) -> (isAlumni: Bool?, gcom: GCoMStanding?) {
    let (alumni, gcom) = (Int(code) / 65, Int(code) % 65)
    func stage(_ rank: Int) -> GCoMStanding.Stage? {
      GCoMStanding.Stage.allCases.first { $0.rank == rank }
    }
    let standing =
      gcom == 0
      ? nil
      : GCoMStanding(
        mitigation: stage((gcom - 1) % 4), adaptation: stage((gcom - 1) / 4 % 4),
        compliance: stage((gcom - 1) / 16))
    return (alumni == 0 ? nil : alumni == 2, standing)
  }

  /// Codes of sets of themes, a bit each.
  static let themesCount = 1 << RIS3Theme.allCases.count

  static func themes(_ facts: Profile.Facts) -> UInt8 {
    let themes = facts.ris3Themes ?? []
    return RIS3Theme.allCases.enumerated().reduce(0) {
      themes.contains($1.element) ? $0 | 1 << UInt8($1.offset) : $0
    }
  }

  static func decodeThemes(_ code: UInt8) -> Set<RIS3Theme> {
    Set(RIS3Theme.allCases.enumerated().filter { code >> UInt8($0.offset) & 1 == 1 }.map(\.element))
  }

  /// [code][code], 0 where the factor is not known.
  static let mentoringTable: AlignedBuffer<Double> = {
    let all = (0..<mentoringCount).map { decodeMentoring(UInt8($0)) }
    let table = AlignedBuffer(repeating: 0.0, count: all.count * all.count)
    for (i, x) in all.enumerated() {
      for (j, y) in all.enumerated().dropFirst(i) {
        let value = PairFactors.mentoring(x, y) ?? 0
        table[i * all.count + j] = value
        table[j * all.count + i] = value
      }
    }
    return table
  }()

  static let themesTable: AlignedBuffer<Double> = {
    let table = AlignedBuffer(repeating: 0.0, count: themesCount * themesCount)
    for x in 1..<themesCount {
      for y in 1..<themesCount {
        table[x * themesCount + y] = PairFactors.themes(
          x.nonzeroBitCount, y.nonzeroBitCount, shared: (x & y).nonzeroBitCount)
      }
    }
    return table
  }()

  /// The logarithm that the factor of scale compares, with values for populations
  /// that are not above 0, which make the factor 0 with any other.
  static func logPopulation(_ population: Int, ofQuery: Bool) -> Double {
    guard population > 0 else { return ofQuery ? -.infinity : .infinity }
    return log10(Double(population))
  }
}

/// Sets of languages, numbered as they come; 0 is "not known".
struct LanguageSets: Sendable {
  private var bits: [String: Int] = [:]
  private var numbers: [Set<String>: UInt32] = [:]
  /// The sets by number.
  private(set) var sets: [Set<String>] = [[]]
  /// The languages of each set as bits, `words` words each.
  private var masks: [[UInt64]] = [[]]

  var count: Int { sets.count }

  mutating func number(of languages: Set<String>?) -> UInt32 {
    guard let languages else { return 0 }
    if let number = numbers[languages] { return number }
    for language in languages where bits[language] == nil { bits[language] = bits.count }
    let number = UInt32(sets.count)
    numbers[languages] = number
    sets.append(languages)
    masks.append(mask(of: languages))
    return number
  }

  /// For each set, 1 when it shares a language with `languages`, else 0.
  func factors(with languages: Set<String>?) -> [Double] {
    guard let languages else { return Array(repeating: 0, count: count) }
    let mask = mask(of: languages)
    return masks.map { other in
      zip(mask, other).contains { $0 & $1 != 0 } ? 1 : 0
    }
  }

  private func mask(of languages: Set<String>) -> [UInt64] {
    let known = languages.compactMap { bits[$0] }
    var mask = [UInt64](repeating: 0, count: known.max().map { $0 / 64 + 1 } ?? 0)
    for bit in known { mask[bit / 64] |= 1 << UInt64(bit % 64) }
    return mask
  }
}

/// Strings of few values, numbered as they come.
struct Labels: Sendable {
  private var numbers: [String: Int] = [:]
  private(set) var names: [String] = []

  mutating func number(of name: String) -> Int {
    if let number = numbers[name] { return number }
    numbers[name] = names.count
    names.append(name)
    return names.count - 1
  }

  subscript(name: String) -> Int? { numbers[name] }
}
