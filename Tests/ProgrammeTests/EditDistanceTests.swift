import Testing

@testable import Programme

@Suite("Edit distance")
struct EditDistanceTests {
  @Test(
    "counts edits",
    arguments: [
      ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("quotas", "quotas", 0),
      ("qutoas", "quotas", 1), ("quota", "quotas", 1), ("kitten", "sitting", 3),
      ("ca", "abc", 3), ("abcd", "badc", 2), ("Málaga", "Malaga", 1),
    ])
  func distance(_ first: String, _ second: String, _ expected: Int) {
    #expect(EditDistance.between(first, second) == expected)
    #expect(EditDistance.between(second, first) == expected)
  }

  @Test("is a metric's lower and upper bounds on random words")
  func bounds() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<500 {
      let words = (0..<2).map { _ in
        String(
          (0..<Int.random(in: 0...6, using: &generator)).map { _ in
            "abc".randomElement(using: &generator) ?? "a"
          })
      }
      let distance = EditDistance.between(words[0], words[1])
      #expect(distance >= abs(words[0].count - words[1].count))
      #expect(distance <= max(words[0].count, words[1].count))
      #expect((distance == 0) == (words[0] == words[1]))
    }
  }

  @Test("suggests what was probably meant, and nothing far away")
  func nearest() {
    let keys = ["name", "number", "slug", "shortName"]
    #expect(EditDistance.nearest(to: "shortname", in: keys) == "shortName")
    #expect(EditDistance.nearest(to: "nmuber", in: keys) == "number")
    #expect(EditDistance.nearest(to: "Slug", in: keys) == "slug")
    #expect(EditDistance.nearest(to: "population", in: keys) == nil)
    #expect(EditDistance.nearest(to: "xy", in: ["id"]) == nil)
    #expect(EditDistance.nearest(to: String(repeating: "n", count: 1_000_000), in: keys) == nil)
  }
}
