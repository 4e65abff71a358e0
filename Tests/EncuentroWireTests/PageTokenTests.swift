import EncuentroWire
import Programme
import TestSupport
import Testing

@Suite("Page tokens")
struct PageTokenTests {
  @Test("A token gives its position", arguments: ["", "buenos-aires", "são", "0"])
  func position(text: String) throws {
    for list in PageToken.List.allCases {
      let token = PageToken(list, after: text)
      #expect(try PageToken(token.text, of: list) == token)
      #expect(
        token.text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
    }
  }

  @Test("An empty token is the first page")
  func first() throws {
    #expect(try PageToken.position(in: PageRequest(), of: .participants) == nil)
    #expect(try PageToken.id(in: PageRequest(), of: .runs) == nil)
    let page = PageRequest(token: PageToken(.runs, before: -7).text)
    #expect(try PageToken.id(in: page, of: .runs) == -7)
  }

  @Test("Pages follow each other to the end, however large the rows")
  func pages() throws {
    var generator = TestGenerator(seed: 3)
    for bytes in [1, 20_000, 2_000_000] {
      let all = (0..<130).map { index in
        var decision = generator.decision()
        decision.id = Int64(1000 - index)
        decision.reason = String(repeating: "x", count: bytes)
        return decision
      }
      var page = PageRequest(size: 60)
      var seen: [Int64] = []
      repeat {
        let id = try PageToken.id(in: page, of: .decisions) ?? .max
        let rows = all.filter { $0.id < id }.prefix(page.limit + 1)
        let response = ListDecisionsResponse(page, of: Array(rows))
        #expect(!response.decisions.isEmpty && response.decisions.count <= 60)
        #expect(response.decisions.count == 1 || response.encoded().count <= 1 << 20 + 100)
        seen += response.decisions.map(\.id)
        page.token = response.nextPageToken
      } while !page.token.isEmpty
      #expect(seen == all.map(\.id))
    }
    #expect(
      ListRunsResponse(PageRequest(), of: []) == ListRunsResponse(runs: [], nextPageToken: ""))
  }

  @Test("Tokens of another list, changed ones and nonsense are refused")
  func forged() throws {
    let token = PageToken(.runs, before: 1234).text
    var forged = [
      "a", "====", "ü", String(repeating: "A", count: 100_000), token + "=", "\(token)A",
    ]
    for index in token.indices {
      var changed = token
      changed.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
      forged.append(changed)
      if index > token.startIndex { forged.append(String(token[..<index])) }
    }
    for text in forged {
      let error = try #require(throws: WireError.self) { try PageToken(text, of: .runs) }
      #expect(error.field == "page_token")
    }
    #expect(throws: WireError.self) { try PageToken(token, of: .decisions) }
    let named = PageRequest(token: PageToken(.runs, after: "x").text)
    #expect(throws: WireError.self) { try PageToken.id(in: named, of: .runs) }
  }
}
