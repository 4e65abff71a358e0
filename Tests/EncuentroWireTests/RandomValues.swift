import EncuentroWire
import Foundation
import Programme
import Results
import TestSupport

/// Random values of everything that travels, extreme ones among them.
extension TestGenerator {
  mutating func flag() -> Bool { int(0...1) == 1 }

  mutating func maybe<Value>(_ value: (inout TestGenerator) -> Value) -> Value? {
    flag() ? value(&self) : nil
  }

  mutating func list<Value>(
    _ count: ClosedRange<Int> = 0...3, _ value: (inout TestGenerator) -> Value
  ) -> [Value] {
    (0..<int(count)).map { _ in value(&self) }
  }

  /// Any text without U+0000, which does not travel.
  mutating func text() -> String {
    switch int(0...9) {
    case 0: return ""
    case 1: return "São José dos Campos"
    case 2: return "مدينة \u{202E}עיר"
    case 3: return "👩‍👩‍👧‍👦🇧🇷 e\u{301} \u{FEFF}\u{1}\u{7F}"
    case 4: return String(repeating: "ü", count: int(0...300))
    case 5: return "\u{10FFFF}\u{FFFF}\u{FFFD}"
    case 6: return "line\r\nline\t\"quoted\" \\"
    default:
      return String(
        String.UnicodeScalarView(
          list(1...20) { g in
            Unicode.Scalar(UInt32(g.int(1...0x10FFFF))) ?? "\u{E000}"
          }))
    }
  }

  mutating func word() -> String { pick(["a", "ciudad", "N3", "energía limpia", "城市"]) }

  /// Any finite number but -0, which does not travel.
  mutating func double() -> Double {
    switch int(0...7) {
    case 0: return 0
    case 1: return .greatestFiniteMagnitude
    case 2: return .leastNonzeroMagnitude
    case 3: return -0.1
    case 4: return -.greatestFiniteMagnitude
    default:
      let value = Double(bitPattern: next())
      return value.isFinite && value != 0 ? value : 1.0 / 3
    }
  }

  mutating func count() -> Int {
    pick([0, 1, 127, 128, Int(Int32.max), Int.max, int(0...100_000)])
  }

  mutating func number() -> Int64 { pick([0, 1, -1, .min, .max, Int64(bitPattern: next())]) }

  mutating func revision() -> UInt64 { pick([0, 1, .max, next()]) }

  mutating func blob() -> [UInt8] { bytes(int(0...100)) }

  mutating func network() -> Network.ID { Network.ID(int(1...40)) }

  mutating func key() -> String { pick(["k", "2026-11-26!~", String(repeating: "x", count: 128)]) }

  mutating func authorship() -> Authorship { Authorship(actor: text(), idempotencyKey: key()) }

  mutating func page() -> PageRequest { PageRequest(size: int(0...1000), token: text()) }

  // MARK: Programme

  mutating func plan() -> Plan {
    Plan(
      language: word(), title: text(), illustrative: flag(),
      sections: list { g in
        Plan.Section(
          heading: g.maybe { $0.text() }, role: g.pick(Plan.Role.allCases), text: g.text())
      })
  }

  mutating func participant() -> Participant {
    func networks<Value>(
      _ g: inout TestGenerator, _ value: (inout TestGenerator) -> Value
    ) -> [Network.ID: Value] {
      Dictionary(g.list { ($0.network(), value(&$0)) }, uniquingKeysWith: { first, _ in first })
    }
    return Participant(
      id: text(), name: text(), aliases: list { $0.text() },
      kind: pick(ParticipantKind.allCases), members: list { $0.text() }, country: word(),
      coordinates: maybe { g in
        Coordinates(
          latitude: g.pick([-90, 90, 0, 12.345]), longitude: g.pick([-180, 180, 0.1, -1e-9]))
      },
      population: max(1, count()), populationYear: maybe { $0.int(0...Int(Int32.max)) },
      languages: list(1...3) { $0.text() }, alumni: flag(), capacity: int(1...Int(Int32.max)),
      previousPartners: list { $0.text() }, ris3Themes: list { $0.pick(RIS3Theme.allCases) },
      gcom: maybe { g in
        GCoMStanding(
          mitigation: g.maybe { $0.pick(GCoMStanding.Stage.allCases) },
          adaptation: g.maybe { $0.pick(GCoMStanding.Stage.allCases) },
          compliance: g.maybe { $0.pick(GCoMStanding.Stage.allCases) })
      },
      signals: Signals(
        plan: maybe { $0.plan() },
        survey: maybe { networks(&$0) { $0.pick([0, 5, 2.5, .leastNonzeroMagnitude]) } },
        event: maybe { networks(&$0) { $0.count() } }))
  }

  mutating func stored() -> StoredParticipant {
    StoredParticipant(participant: participant(), revision: revision())
  }

  mutating func decision() -> Decision {
    Decision(
      id: number(), participant: text(), partner: text(), verdict: pick(Verdict.allCases),
      reason: text(), actor: text(), time: number())
  }

  mutating func run() -> Run {
    Run(
      id: number(), kind: pick(Run.Kind.allCases), committed: flag(), actor: text(),
      time: number(), revision: revision(), summary: text(), resultBytes: Int64(count()))
  }

  mutating func assigned() -> AssignedNetworks {
    AssignedNetworks(primary: word(), further: list { $0.word() })
  }

  // MARK: Classification

  mutating func score() -> ScoreView {
    ScoreView(network: word(), logit: double(), probability: double())
  }

  mutating func wordView() -> ClassificationView.WordView {
    ClassificationView.WordView(text: text(), start: count(), contribution: double())
  }

  mutating func classification() -> ClassificationView {
    ClassificationView(
      document: text(), primary: maybe { $0.text() }, further: list { $0.word() },
      scores: list(0...7) { $0.score() }, topic: double(), passages: count(), tokens: count(),
      evidence: list { g in
        .init(
          network: g.word(), logit: g.double(), dilution: g.double(), otherPassages: g.double(),
          passages: g.list { g in
            .init(
              start: g.count(), end: g.count(), share: g.double(), logit: g.double(),
              constant: g.double(), text: g.text(), words: g.list(0...20) { $0.wordView() })
          })
      })
  }

  mutating func participantView() -> ParticipantView {
    ParticipantView(
      id: text(), name: text(), kind: word(), country: word(), region: text(),
      primary: maybe { $0.text() }, further: list { $0.word() }, scores: list { $0.score() },
      words: list { $0.wordView() }, passage: maybe { $0.text() })
  }

  mutating func progress() -> JobProgress {
    JobProgress(
      phase: text(), done: count(), total: count(), value: maybe { $0.double() },
      bound: maybe { $0.double() }, gap: maybe { $0.double() })
  }

  // MARK: Partners

  mutating func ref() -> ParticipantRef {
    ParticipantRef(id: text(), name: text(), country: word(), region: word())
  }

  mutating func factors() -> [SuggestionView.FactorView] {
    list(0...7) { g in
      .init(
        factor: g.pick(Factor.allCases), value: g.double(), share: g.double(),
        contribution: g.double())
    }
  }

  mutating func shared() -> [SuggestionView.SharedNetworkView] {
    list { g in .init(network: g.word(), own: g.double(), partner: g.double()) }
  }

  mutating func suggestion() -> SuggestionView {
    SuggestionView(
      rank: int(0...Int(Int32.max)), partner: ref(), score: double(), margin: maybe { $0.double() },
      next: maybe { $0.ref() }, factors: factors(),
      unknown: list { $0.pick(Factor.allCases) }, sharedNetworks: shared(),
      terms: list { g in .init(own: g.text(), partner: g.text(), similarity: g.double()) })
  }

  mutating func suggestions() -> SuggestionsView {
    var view = SuggestionsView(
      participant: ref(), candidates: count(), suggestions: list { $0.suggestion() },
      decided: list { $0.decision() })
    view.tieRule = text()
    return view
  }

  mutating func explanation() -> ExplanationView {
    ExplanationView(
      participant: ref(), suggestion: maybe { $0.suggestion() }, candidates: count(),
      ineligible: maybe { $0.word() }, decided: list { $0.decision() })
  }

  mutating func suggestRequest() -> SuggestPartnersRequest {
    var request = SuggestionRequest(name: text())
    request.top = int(0...1000)
    request.network = maybe { $0.network() }
    request.country = maybe { $0.text() }
    request.excluded = list { $0.text() }
    return SuggestPartnersRequest(request, atLeastRevision: revision())
  }
}
