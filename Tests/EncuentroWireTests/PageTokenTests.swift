import EncuentroWire
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
