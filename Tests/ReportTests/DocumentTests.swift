import Foundation
import Programme
import Results
import Testing

@testable import Report

@Suite struct DocumentTests {
  private func parsed(_ dossier: Dossier) -> ParsedMarkup {
    let parsed = ParsedMarkup(Document(dossier).bytes())
    #expect(parsed.problem == nil)
    return parsed
  }

  // MARK: - Figures

  @Test(arguments: Language.allCases)
  func figuresAreThoseOfTheResults(language: Language) throws {
    var sample = try SampleDossier()
    sample.language = language
    sample.pairs = 40
    sample.hasPages = true
    var dossier = sample.dossier
    dossier.reassignment = sample.reassignment
    let page = parsed(dossier)
    let (formats, cohort) = (Formats(language), sample.cohort)
    let (words, networks) = (Words(language), sample.programme.networks)

    // Pairs: all of them, the strongest first.
    let strongest = cohort.pairs.map(\.score).sorted(by: >)
    #expect(
      page.all("td", "score").map { $0.text.suffixFigure(pinned: words(CohortKey.pinned)) }
        == strongest.map(formats.score))
    // Objectives.
    let cells = page.all("table", "objectives").first?.text ?? ""
    for figures in cohort.figures {
      #expect(cells.contains(formats.score(figures.total)))
      #expect(cells.contains(formats.score(try #require(figures.worst))))
    }
    // Quotas, and rules of other names as they are.
    let quotas = try #require(page.element(id: "quotas")).text
    #expect(quotas.contains("country <PE>: at least 3"))
    #expect(quotas.contains(words(SharedKey.reachedOf, formats.whole(40), formats.whole(12))))
    // The matrix.
    let counts = HeatMap.Counts(dossier)
    #expect(counts.counts.flatMap(\.self).reduce(0, +) == dossier.people.count)
    for (place, network) in networks.enumerated() {
      let members = dossier.people.filter { $0.view?.primary == network.id.label }
      #expect(counts.sum(network: place) == members.count)
    }
    // A participant: probabilities, contributions, margins.
    let own = try #require(page.element(id: "participant-city-0")).text
    let details = try #require(dossier.people[0].details)
    for score in try #require(details.classification).scores {
      #expect(own.contains(formats.percent(score.probability)))
      #expect(own.contains(formats.signed(score.logit)))
    }
    for suggestion in details.suggestions.suggestions {
      #expect(own.contains(formats.score(suggestion.score)))
      for factor in suggestion.factors {
        #expect(own.contains(formats.score(factor.contribution)))
      }
      #expect(own.contains(formats.number(suggestion.terms[0].similarity, decimals: 2)))
      #expect(own.contains(formats.score(try #require(suggestion.margin))))
    }
    #expect(own.contains(formats.whole(1_234)) && own.contains(formats.whole(1_234_567)))
    // The reassignment.
    let text = try #require(page.element(id: "reassignment")).text
    let moves = FlowChart.flows(sample.reassignment).filter { $0.from != $0.to }
    #expect(moves.reduce(0) { $0 + $1.count } == page.all("article", "move").count)
    #expect(text.contains(formats.score(1_234.5678)) && text.contains(formats.percent(0.654)))
    #expect(text.contains(formats.signed(1.234)))
  }

  // MARK: - Bad input

  @Test(arguments: [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "O'Higgins & Söhne",
    "مدينة \u{202E}abc", "👩🏽‍🚒 city", "]]></script><!--",
    String(repeating: "long", count: 2_500), String(repeating: "e\u{301}\u{302}", count: 3_000), "",
    "\u{0}\u{1}",
  ])
  func hostileNames(name: String) throws {
    var sample = try SampleDossier()
    sample.name = { _ in name }
    sample.hasPages = true
    var dossier = sample.dossier
    dossier.reassignment = sample.reassignment
    dossier.failures = [ParticipantFailure(id: name, error: name)]
    dossier.provenance.author = name
    dossier.programme.name = name
    let page = parsed(dossier)
    #expect(page.all("script").count == 3 && page.all("img").isEmpty)
    #expect(
      page.elements.allSatisfy { element in !element.attributes.keys.contains { $0.hasPrefix("on") }
      })
    for element in page.all("bdi") where element.attributes["title"] != nil {
      #expect(element.text.count <= Context.longestName)
    }
  }

  @Test(arguments: [(0, 0), (0, 1), (1, 0), (1, 1)])
  func smallCohorts(pairs: Int, alone: Int) throws {
    var sample = try SampleDossier()
    (sample.pairs, sample.alone) = (pairs, alone)
    var dossier = sample.dossier
    dossier.reassignment = sample.reassignment
    let page = parsed(dossier)
    #expect(page.all("path", "arc").count == pairs)
  }

  @Test func fiveThousandParticipants() throws {
    var sample = try SampleDossier()
    (sample.pairs, sample.alone) = (2_400, 200)
    let bytes = Document(sample.dossier).bytes()
    #expect(bytes.count < 10_000_000)
    let page = ParsedMarkup(bytes)
    #expect(page.problem == nil)
    // The others come from the data.
    #expect(page.all("td", "score").count == PairList.page)
    #expect(page.all("path", "arc").count == WorldMap.mostArcs)
    let data = try #require(page.element(id: "pair-data"))
    struct Rows: Decodable {
      struct Row: Decodable { var s: Double }
      var pairs: [Row]
    }
    let rows = try JSONDecoder().decode(Rows.self, from: Data(data.text.utf8)).pairs
    #expect(rows.map(\.s) == sample.cohort.pairs.map(\.score).sorted(by: >))
  }

  @Test func whoHasNoPlaceIsListed() throws {
    var sample = try SampleDossier()
    sample.hasPlaces = false
    let page = parsed(sample.dossier)
    #expect(page.all("path", "arc").isEmpty)
    let missing = try #require(page.element(id: "map-missing")).text
    for number in 0..<6 { #expect(missing.contains("City \(number)")) }
  }

  // MARK: - Access

  @Test func drawingsAndLinksHaveWhatTheyName() throws {
    var sample = try SampleDossier()
    sample.hasPages = true
    var dossier = sample.dossier
    dossier.reassignment = sample.reassignment
    let page = parsed(dossier)
    let ids = page.elements.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    for element in page.all("svg") where element.attributes["role"] == "img" {
      let named = (element.attributes["aria-labelledby"] ?? "").split(separator: " ").map(
        String.init)
      #expect(named.count == 2 && named.allSatisfy(Set(ids).contains))
    }
    for link in page.all("a") {
      let target = try #require(link.attributes["href"])
      #expect(target.hasPrefix("#") && ids.contains(String(target.dropFirst())))
    }
    for label in page.all("label") {
      #expect(ids.contains(label.attributes["for"] ?? ""))
    }
    // Nothing is asked of any other place.
    for element in page.elements {
      for name in ["src", "srcset", "action", "data", "poster"] {
        #expect(element.attributes[name] == nil)
      }
    }
  }

  @Test func carryingWordsAreMarkedByWeight() throws {
    var sample = try SampleDossier()
    sample.hasPages = true
    let page = parsed(sample.dossier)
    let own = try #require(page.element(id: "participant-city-0")).text
    #expect(own.contains("Tranvías & <parques> y más tranvías."))
    let marks = page.all("mark").prefix(2)
    #expect(marks.map(\.text) == ["Tranvías", "parques"])
    #expect(marks.map { $0.attributes["class"] } == ["weight-4", "weight-2"])
  }
}

extension String {
  /// The score in a cell that ends with the words of its bar.
  fileprivate func suffixFigure(pinned: String) -> String {
    let text = hasPrefix(pinned) ? String(dropFirst(pinned.count)) : self
    return String(text.prefix(5))
  }
}
