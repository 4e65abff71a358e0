import Foundation
import Programme

/// All of many profiles but their vectors and memberships, a column a fact.
struct ProfileColumns: Sendable {
  var ids = StringColumn()
  var names = StringColumn()
  var knowledge: [Knowledge] = []
  var regions: [UInt16] = []
  var countries: [UInt16] = []
  var kinds: [UInt8] = []
  var populations: [Int] = []
  var languages: [UInt32] = []
  var mentoring: [UInt8] = []
  var themes: [UInt8] = []
  var capacities: [Int32] = []
  /// Whether an empty set of themes was given, which counts as none.
  var emptyThemes: Set<UInt32> = []
  /// Of the rows that had some.
  var previousPartners: [UInt32: Set<String>] = [:]
  /// Regions with whether they are European, in one label.
  var regionLabels = Labels()
  var countryLabels = Labels()
  var languageSets = LanguageSets()

  var count: Int { knowledge.count }

  mutating func append(_ profile: Profile) {
    let facts = profile.facts
    let row = UInt32(count)
    ids.append(profile.id)
    names.append(profile.name)
    regions.append(
      UInt16(regionLabels.number(of: Self.label(facts.region, isEuropean: facts.isEuropean))))
    countries.append(UInt16(countryLabels.number(of: facts.country)))
    kinds.append(UInt8(ParticipantKind.allCases.firstIndex(of: facts.kind) ?? 0))
    populations.append(facts.population ?? 0)
    languages.append(languageSets.number(of: facts.languages))
    mentoring.append(FactCodes.mentoring(facts))
    themes.append(FactCodes.themes(facts))
    capacities.append(Int32(clamping: facts.capacity))
    if facts.ris3Themes?.isEmpty == true { emptyThemes.insert(row) }
    if !facts.previousPartners.isEmpty { previousPartners[row] = facts.previousPartners }
    knowledge.append(Knowledge(profile))
  }

  /// The label of a region; the European ones begin with "+".
  static func label(_ region: String, isEuropean: Bool) -> String {
    (isEuropean ? "+" : "-") + region
  }

  func region(_ number: Int) -> (id: String, isEuropean: Bool) {
    let label = regionLabels.names[number]
    return (String(label.dropFirst()), label.hasPrefix("+"))
  }

  /// What a profile's facts were, but for its vectors and memberships.
  func facts(_ row: Int) -> Profile.Facts {
    let known = knowledge[row]
    let region = region(Int(regions[row]))
    let mentoring = FactCodes.decodeMentoring(mentoring[row])
    let themes = FactCodes.decodeThemes(themes[row])
    return Profile.Facts(
      kind: ParticipantKind.allCases[Int(kinds[row])],
      country: countryLabels.names[Int(countries[row])], region: region.id,
      isEuropean: region.isEuropean,
      population: known.contains(.population) ? populations[row] : nil,
      languages: known.contains(.languages) ? languageSets.sets[Int(languages[row])] : nil,
      isAlumni: mentoring.isAlumni, gcom: mentoring.gcom,
      ris3Themes: themes.isEmpty && !emptyThemes.contains(UInt32(row)) ? nil : themes,
      previousPartners: previousPartners[UInt32(row)] ?? [], capacity: Int(capacities[row]))
  }

  /// The order in which rows stand in panels: those that a query treats alike
  /// together, so that a panel's bound is close to that of each in it.
  func order(primaryNetworks: [UInt8]) -> [UInt32] {
    var entries = (0..<count).map { row in
      var key: UInt64 = 0
      func add(_ value: Int, bits: UInt64) {
        key = key << bits | min(UInt64(value), (1 << bits) - 1)
      }
      add(region(Int(regions[row])).isEuropean ? 1 : 0, bits: 1)
      add(Int(knowledge[row].rawValue), bits: UInt64(Knowledge.bits))
      add(Int(regions[row]), bits: 12)
      add(Int(primaryNetworks[row]), bits: 5)
      add(Int(mentoring[row]), bits: 8)
      add(Int(languages[row]), bits: 14)
      add(Int(16 * log2(Double(max(1, populations[row])))) / 4, bits: 8)
      return (key: key, row: UInt32(row))
    }
    entries.sort { $0.key != $1.key ? $0.key < $1.key : $0.row < $1.row }
    return entries.map(\.row)
  }
}
