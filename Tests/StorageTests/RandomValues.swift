import Foundation
import Programme
import Storage
import TestSupport

extension TestGenerator {
  /// Texts that files, shells, terminals and spreadsheets are known to trip over.
  static let hostile = [
    "=1+1", "'=x", "''", "-", "+", "@SUM(A1)", "a,b", "a;b", "\"", "say \"so\"", "\\", "\\n",
    "line\nline", "line\r\nline", "line\rline", "\t", "[", "{", "[\"x\"]", "N1=3", "a=b;c",
    "\u{2028}", "\u{85}", "\u{0}", "\u{FEFF}", "\u{202E}مرحبا", "שלום", "👩‍👩‍👧", "e\u{301}", "é",
    "=\u{301}", "\r\n=1", " ", "null", "true", "0", "1e5", "NaN", "</script>", "'; DROP TABLE",
  ]

  /// A text that is not blank.
  mutating func text() -> String {
    let parts = (0..<int(1...3)).map { _ in
      int(0...2) > 0 ? pick(Self.hostile) : "Ñuñoa \(int(0...99))"
    }
    let text = parts.joined(separator: pick(["", " ", ";", ","]))
    return text.allSatisfy(\.isWhitespace) ? text + "x" : text
  }

  mutating func maybe<Value>(_ value: (inout Self) -> Value) -> Value? {
    int(0...1) == 0 ? nil : value(&self)
  }

  mutating func list<Value>(_ count: ClosedRange<Int>, _ value: (inout Self) -> Value) -> [Value] {
    (0..<int(count)).map { _ in value(&self) }
  }

  mutating func plan() -> Plan {
    Plan(
      language: pick(["es", "en", "pt"]), title: text(), illustrative: int(0...1) == 0,
      sections: list(1...3) { generator in
        Plan.Section(
          heading: generator.maybe { $0.text() }, role: generator.pick(Plan.Role.allCases),
          text: generator.text())
      })
  }

  /// A participant that passes every check.
  mutating func participant(_ id: String) -> Participant {
    let kind = pick(ParticipantKind.allCases)
    func stage(_ generator: inout Self) -> GCoMStanding.Stage? {
      generator.maybe { $0.pick(GCoMStanding.Stage.allCases) }
    }
    return Participant(
      id: id, name: text(), aliases: list(0...2) { $0.text() }, kind: kind,
      members: kind == .consortium ? list(2...3) { $0.text() } : [],
      country: pick(["ES", "AR", "BR"]),
      coordinates: maybe { generator in
        Coordinates(
          latitude: Double(generator.float()) * 90, longitude: Double(generator.float()) * 180)
      }, population: int(1...Int(Int32.max)), populationYear: maybe { $0.int(1900...2100) },
      languages: list(1...3) { $0.pick(["es", "en", "qu"]) }, alumni: int(0...1) == 0,
      capacity: int(1...1000), previousPartners: maybe { _ in ["partner-1", "partner-2"] } ?? [],
      ris3Themes: list(0...2) { $0.pick(RIS3Theme.allCases) },
      gcom: maybe { generator in
        GCoMStanding(
          mitigation: stage(&generator), adaptation: stage(&generator),
          compliance: stage(&generator))
      },
      signals: Signals(
        plan: maybe { $0.plan() },
        survey: maybe { generator in
          Dictionary(
            generator.list(0...4) {
              (Network.ID($0.int(1...7)), $0.pick([0, 5, 0.1, 1.0 / 3, 4.25e-7]))
            },
            uniquingKeysWith: { first, _ in first })
        },
        event: maybe { generator in
          Dictionary(
            generator.list(0...4) { (Network.ID($0.int(1...7)), $0.int(0...1_000_000)) },
            uniquingKeysWith: { first, _ in first })
        }))
  }

  /// One of few ids, so that writes meet.
  mutating func id() -> String { pick(["a", "a-1", "a1", "b", "c", "zz", "0"]) }

  /// A write as somebody might ask for it, some of them wrong.
  mutating func write(at revision: UInt64) -> WriteRequest {
    let change: WriteRequest.Change =
      switch int(0...9) {
      case 0...3: .upsert(list(0...3) { generator in generator.participant(generator.id()) })
      case 4: .delete(participant: id())
      case 5: .submitPlan(participant: id(), plan())
      case 6, 7: .decide(participant: id(), partner: id(), pick(Verdict.allCases), reason: text())
      default: .record(run(at: revision))
      }
    let key: IdempotencyKey? = maybe { generator in
      IdempotencyKey(
        key: "key-\(generator.int(1...12))", fingerprint: generator.pick([[], [0], [1, 2, 255]]))
    }
    return WriteRequest(change, actor: text(), time: Int64(int(0...100)), key: key)
  }

  private mutating func run(at revision: UInt64) -> NewRun {
    let kind = pick(Run.Kind.allCases)
    let committed = int(0...1) == 0
    return NewRun(
      kind: kind, committed: committed, revision: revision - min(revision, UInt64(int(0...2))),
      summary: text(), result: Data(bytes(int(0...2000))),
      assignments: kind == .cohort
        ? nil
        : Dictionary(
          list(0...5) { generator in
            (generator.id(), AssignedNetworks(primary: "N1", further: ["N\(generator.int(2...7))"]))
          }, uniquingKeysWith: { first, _ in first }))
  }
}
