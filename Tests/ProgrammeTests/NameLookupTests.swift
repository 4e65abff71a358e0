import Testing

@testable import Programme

@Suite("Looking up names")
struct NameLookupTests {
  private let participants: [Participant]
  private let lookup: NameLookup

  init() throws {
    participants = try SampleData.participants()
    lookup = NameLookup(participants)
  }

  private func ids(_ query: String) -> [String] {
    switch lookup.find(query) {
    case .found(let index): [participants[index].id]
    case .ambiguous(let indices): indices.map { participants[$0].id }
    case .unknown(let nearest): ["?"] + nearest.map { participants[$0].id }
    }
  }

  @Test(
    "names are found as people write them",
    arguments: [
      ("São Paulo", "sao-paulo"), ("sao paulo", "sao-paulo"), ("SAO-PAULO", "sao-paulo"),
      ("sevilla", "sevilla"), ("Seville", "sevilla"), ("vina del mar", "vina-del-mar"),
      ("Pitesti", "pitesti"), ("Bielsko Biala", "bielsko-biala"),
      ("Soledad", "barranquilla-soledad"),
      ("Belo", "belo-horizonte"), ("Glaswog", "glasgow"), ("alba lulia", "alba-iulia"),
    ])
  func found(query: String, id: String) {
    #expect(ids(query) == [id])
  }

  @Test("several that may be meant are asked back, the country decides")
  func ambiguous() {
    #expect(ids("Cordoba") == ["cordoba-ciudad"], "a whole name")
    let arequipas = ids("arequipa")
    #expect(arequipas.allSatisfy { $0.contains("arequipa") })
    let lookup = NameLookup([
      (["Córdoba"], "AR"), (["Córdoba"], "ES"), (["Cordobilla"], "ES"),
    ])
    #expect(lookup.find("cordoba") == .ambiguous([0, 1]))
    #expect(lookup.find("Cordoba AR") == .found(0))
    #expect(lookup.find("Córdoba, es") == .found(1))
    #expect(lookup.find("cordob") == .ambiguous([0, 1, 2]))
    #expect(lookup.find("cordob es") == .ambiguous([1, 2]))
  }

  @Test("nobody's name gets the nearest ones")
  func unknown() {
    #expect(ids("Barselona").first == "?")
    #expect(ids("Buenos Aiers") == ["?"] + ids("Buenos Aiers").dropFirst())
    #expect(ids("Buenos Aiers").dropFirst().first == "buenos-aires")
    #expect(ids("").first == "?")
    #expect(NameLookup([(names: [String], country: String)]()).find("x") == .unknown(nearest: []))
  }
}
