import EncuentroWire
import Programme
import Results
import TestSupport
import Testing

@Suite("There and back")
struct RoundTripTests {
  @Test("Every message survives", arguments: MessageKind.all)
  func survives(kind: MessageKind) throws {
    for seed in TestGenerator.seeds(60) {
      var generator = TestGenerator(seed: seed)
      #expect(try kind.survives(&generator), "\(kind.name), seed \(seed)")
    }
  }

  @Test("The sample participants survive")
  func sample() throws {
    for participant in try SampleData.participants() {
      let stored = StoredParticipant(participant: participant, revision: 7)
      #expect(try StoredParticipant.decode(stored.encoded()) == stored)
    }
  }

  @Test("Missing and empty are told apart where the value does")
  func optionals() throws {
    for country in [nil, ""] {
      var request = SuggestionRequest(name: "")
      request.country = country
      let decoded = try SuggestPartnersRequest.decode(SuggestPartnersRequest(request).encoded())
      #expect(decoded.request.country == country)
    }
    for survey in [nil, [:]] as [[Network.ID: Double]?] {
      let participant = Participant(
        id: "a", name: "A", kind: .city, country: "BR", population: 1, languages: ["pt"],
        signals: Signals(survey: survey))
      let bytes = StoredParticipant(participant: participant, revision: 0).encoded()
      #expect(try StoredParticipant.decode(bytes).participant.signals.survey == survey)
    }
  }

  @Test("What proto3 leaves out gets the contract's defaults")
  func defaults() throws {
    let suggest = try SuggestPartnersRequest.decode([])
    #expect(suggest.request.name == "" && suggest.request.top == 0)
    let pair = try PairCohortRequest.decode([])
    #expect(pair.request.objective == .total && pair.request.appliesQuotas)
    #expect(pair.request.commit == nil && pair.request.deadline == nil)
    let reassign = try ReassignNetworksRequest.decode([])
    #expect(reassign.request.moveCost == 1 && reassign.request.isDryRun)
    #expect(!reassign.request.usesStored && reassign.request.previous.isEmpty)
    #expect(try ListRunsRequest.decode([]).page.limit == 100)
    #expect(try UpsertParticipantsRequest.decode([]).authorship == nil)
  }

  @Test("Two things do not travel: the sign of zero, and U+0000")
  func exceptions() throws {
    var progress = ClassifyParticipantsStep.progress(JobProgress(phase: "a\0b", value: -0.0))
    progress = try ClassifyParticipantsStep.decode(progress.encoded())
    guard case .progress(let arrived) = progress else {
      Issue.record("no progress")
      return
    }
    #expect(arrived.phase == "a\u{FFFD}b")
    // A field in a oneof is always written, sign and all; one outside is not.
    #expect(arrived.value?.sign == .minus)
    let score = ScoreView(network: "N1", logit: -0.0, probability: 1)
    var view = ClassificationView(
      document: "", primary: nil, further: [], scores: [score], topic: 0, passages: 0, tokens: 0,
      evidence: [])
    view = try ClassificationView.decode(view.encoded())
    #expect(view.scores[0].logit.sign == .plus && view.scores == [score])
  }

  @Test("A search time is never rounded to 'until proven'")
  func searchTime() throws {
    for (deadline, expected) in [
      (Duration.nanoseconds(1), Duration.microseconds(1)), (.zero, .microseconds(1)),
      (.seconds(-5), .microseconds(1)), (.milliseconds(1500), .microseconds(1_500_000)),
      (.seconds(Int64.max), .microseconds(Int64.max)),
    ] {
      var request = CohortRequest()
      request.deadline = deadline
      let decoded = try PairCohortRequest.decode(PairCohortRequest(request).encoded())
      #expect(decoded.request.deadline == expected)
    }
  }
}
