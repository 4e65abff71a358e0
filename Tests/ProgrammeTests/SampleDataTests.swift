import Foundation
import Testing

@testable import Programme

@Suite("The sample data")
struct SampleDataTests {
  @Test("has the cities first, then the regions, each once")
  func participants() throws {
    let participants = try SampleData.participants()
    let lines = try SampleData.files.map { file in
      try Resource.data(file).split(separator: UInt8(ascii: "\n")).count
    }
    #expect(lines[0] == 51)
    #expect(lines[1] > 0)
    #expect(participants.count == lines[0] + lines[1])
    #expect(participants.first?.id == "buenos-aires")
    #expect(participants.prefix(51).allSatisfy { $0.kind != .region })
    #expect(participants.dropFirst(51).allSatisfy { $0.kind != .city })
    #expect(Set(participants.map(\.id)).count == participants.count)
  }

  @Test("partners are known, mutual, of two world regions, one of them Europe")
  func partners() throws {
    let definition = try ProgrammeDefinition.bulletin
    let participants = try SampleData.participants()
    let byID = Dictionary(uniqueKeysWithValues: participants.map { ($0.id, $0) })
    for participant in participants {
      #expect(!participant.previousPartners.isEmpty, "\(participant.id)")
      #expect(participant.previousPartners.count <= participant.capacity, "\(participant.id)")
      for id in participant.previousPartners {
        let partner = try #require(byID[id], "\(participant.id) names \(id)")
        #expect(partner.previousPartners.contains(participant.id), "\(id), \(participant.id)")
        let regions = [participant, partner].map { $0.worldRegion(in: definition) }
        #expect(regions.count { $0?.european == true } == 1, "\(id), \(participant.id)")
      }
    }
  }

  @Test("each has a plan of 150 to 400 words, marked as illustrative")
  func plans() throws {
    for participant in try SampleData.participants() {
      let plan = try #require(participant.signals.plan, "\(participant.id)")
      #expect((150...400).contains(plan.wordCount), "\(participant.id): \(plan.wordCount) words")
      #expect(plan.illustrative, "\(participant.id)")
    }
  }

  @Test("each country takes part")
  func countries() throws {
    let definition = try ProgrammeDefinition.bulletin
    for participant in try SampleData.participants() {
      #expect(participant.worldRegion(in: definition) != nil, "\(participant.id)")
      #expect(participant.coordinates != nil, "\(participant.id)")
    }
  }
}
