import Foundation
import Testing

@testable import Programme

@Suite("The programme definition")
struct ProgrammeDefinitionTests {
  @Test("the shipped definition is the bulletin's")
  func bulletin() throws {
    let definition = try ProgrammeDefinition.bulletin
    #expect(definition.networks.map(\.number) == Array(1...7))
    #expect(
      definition.networks.map(\.slug) == [
        "mobility", "smart-cities", "regeneration", "circular-economy", "healthy-cities",
        "climate-energy", "innovation-growth",
      ])
    #expect(definition.networks[5].name == "Action for climate, energy, water and air quality")
    #expect(definition.note?.contains("provisional projection") == true)
    #expect(definition.rules.crossRegional)
    #expect(definition.rules.oneSideEuropean)
    #expect(!definition.rules.allowPreviousPartners)
  }

  @Test(
    "quotas and countries of each region",
    arguments: [
      ("latin-america", 24, "AR BR CL CO MX PE"), ("north-america", 16, "CA US"),
      ("china", 20, "CN"), ("japan", 20, "JP"), ("india", 20, "IN"),
      ("asia-australasia", 28, "AU ID KR MY NZ TH VN"),
    ])
  func regions(_ id: String, _ cities: Int, _ countries: String) throws {
    let definition = try ProgrammeDefinition.bulletin
    let quota = try #require(definition.quota(ofRegion: id))
    #expect(quota.cities == cities)
    #expect(quota.euShare == 0.5)
    #expect(quota.europeanCities == cities / 2)
    #expect(quota.regionalCities == cities / 2)
    #expect(quota.alumniShare == (id == "china" ? 0.5 : nil))
    #expect(quota.alumniCities == (id == "china" ? 10 : nil))
    #expect(quota.newcomers == (id == "china" ? 10 : nil))
    let region = try #require(definition.region(id: id))
    #expect(!region.european)
    #expect(region.countries.map(\.code).sorted().joined(separator: " ") == countries)
  }

  @Test("Europe is the 27 member states and the United Kingdom, without a quota")
  func europe() throws {
    let definition = try ProgrammeDefinition.bulletin
    #expect(definition.regions.filter(\.european).map(\.id) == ["europe"])
    #expect(definition.region(id: "europe")?.countries.count == 28)
    #expect(definition.region(ofCountry: "GB")?.id == "europe")
    #expect(definition.quota(ofRegion: "europe") == nil)
  }

  @Test("finds a network by number, slug and label")
  func networks() throws {
    let definition = try ProgrammeDefinition.bulletin
    let third = try #require(definition.network(number: 3))
    #expect(third.slug == "regeneration")
    #expect(third.id.label == "N3")
    #expect(third.id.index == 2)
    #expect(definition.network(slug: "regeneration") == third)
    #expect(definition.network(label: "N3") == third)
    #expect(definition.network(third.id) == third)
    #expect(definition.network(number: 0) == nil)
    #expect(definition.network(number: 8) == nil)
    #expect(definition.network(slug: "Regeneration") == nil)
    #expect(definition.network(label: "N8") == nil)
  }

  @Test("labels", arguments: ["", "N", "3", "n3", "N0", "N03", "N-1", "N+3", "N3 ", "N3.0"])
  func badLabels(_ label: String) {
    #expect(Network.ID(label: label) == nil)
  }

  @Test("finds the region of a country, and none for one that does not take part")
  func countries() throws {
    let definition = try ProgrammeDefinition.bulletin
    #expect(definition.region(ofCountry: "BR")?.id == "latin-america")
    #expect(definition.region(ofCountry: "KR")?.id == "asia-australasia")
    #expect(definition.region(ofCountry: "ES")?.european == true)
    #expect(definition.region(ofCountry: "CH") == nil)
    #expect(definition.region(ofCountry: "br") == nil)
    #expect(definition.country(code: "VN")?.name == "Vietnam")
    #expect(definition.country(code: "XX") == nil)
  }

  @Test("comes back from JSON as it went")
  func roundTrip() throws {
    let definition = try ProgrammeDefinition.bulletin
    let data = try JSONEncoder().encode(definition)
    #expect(try JSONDecoder().decode(ProgrammeDefinition.self, from: data) == definition)
    #expect(try ProgrammeDefinition.check(data).get() == definition)
    let file = try ProgrammeDefinition.bulletinFile
    #expect(try JSONDecoder().decode(ProgrammeDefinition.self, from: file) == definition)
  }

  @Test("weights can be read and set by factor")
  func weights() throws {
    var weights = try ProgrammeDefinition.bulletin.weights
    #expect(weights.total > 0)
    for (index, factor) in Factor.allCases.enumerated() { weights[factor] = Double(index + 1) }
    #expect(
      weights
        == FactorWeights(
          sharedNetworks: 1, content: 2, complementarity: 3, scale: 4, language: 5, mentoring: 6,
          themes: 7))
    #expect(weights.total == 28)
    #expect(abs(Factor.allCases.map(weights.share).reduce(0, +) - 1) < 1e-12)
  }

  @Test("a file that is not there is an error that says where it was looked for")
  func missingResource() throws {
    let error = try #require(throws: ProgrammeError.self) { try Resource.data("nothing.json") }
    guard case .missingResource("nothing.json", let searched) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(searched.allSatisfy { $0.hasSuffix("Resources/nothing.json") })
    #expect(error.description.contains("keep the folder"))
  }

  @Test("knows all 249 countries of ISO 3166")
  func isoCodes() {
    #expect(CountryCodes.all.count == 249)
    #expect(CountryCodes.all.allSatisfy { $0.wholeMatch(of: /[A-Z]{2}/) != nil })
    #expect(!CountryCodes.all.contains("UK"))
  }
}
