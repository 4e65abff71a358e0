import EncuentroWire
import Foundation
import Programme
import Results
import TestSupport

/// Random requests and results of the batch jobs.
extension TestGenerator {
  mutating func runRef() -> RunRef {
    RunRef(id: number(), committed: flag(), revision: revision())
  }

  mutating func cohortRequest() -> PairCohortRequest {
    var request = CohortRequest()
    request.objective = pick(CohortObjectiveName.allCases)
    request.pinned = list { ($0.text(), $0.text()) }
    request.forbidden = list { ($0.text(), $0.text()) }
    request.bounds = list { g in
      CohortBound(
        group: g.pick([
          .country("PE"), .region("japan"), .region(""), .network(Network.ID(3)), .pairs,
        ]), minimum: g.maybe { $0.count() }, maximum: g.maybe { $0.count() })
    }
    request.appliesQuotas = flag()
    request.deadline = maybe { .microseconds($0.int(1...1_000_000_000_000)) }
    request.seed = revision()
    request.commit = maybe { $0.authorship() }
    return PairCohortRequest(request, atLeastRevision: revision())
  }

  mutating func reassignmentRequest() -> ReassignNetworksRequest {
    var request = ReassignmentRequest()
    request.moveCost = pick([0, 1, 0.25, .greatestFiniteMagnitude])
    request.minimumSize = maybe { $0.count() }
    request.maximumSize = maybe { $0.count() }
    if flag() {
      request.usesStored = true
    } else {
      request.previous = Dictionary(
        list { ($0.text(), $0.assigned()) }, uniquingKeysWith: { first, _ in first })
    }
    request.commit = maybe { $0.authorship() }
    return ReassignNetworksRequest(request, atLeastRevision: revision())
  }

  mutating func pair() -> CohortView.PairView {
    .init(
      left: ref(), right: ref(), score: double(), isPinned: flag(), factors: factors(),
      sharedNetworks: shared())
  }

  mutating func unpaired() -> CohortView.UnpairedView {
    .init(
      participant: ref(), pairs: count(), capacity: count(), reason: text(),
      alternates: list { $0.ref() })
  }

  /// A proof of so many pairs; it proves nothing, and is large.
  mutating func proof(pairs: Int) throws -> CohortProof {
    let list = (0..<pairs).map {
      #"{"left":"città-\#($0)","right":"市\#(next())","score":\#(int(0...1_000_000)),"isPinned":false}"#
    }
    let json = """
      {"problem":{"left":[{"id":"a","capacity":1,"minimum":0}],"right":[],"rules":[],"pinned":[],\
      "forbidden":[]},"result":{"objective":"total","seed":\(next()),"pairs":[\
      \(list.joined(separator: ","))],"unpaired":[],"figures":{"pairs":\(pairs),"total":1,\
      "blockingPairs":0},"isOptimal":true,"certificate":{"claims":[]}}}
      """
    return try JSONDecoder().decode(CohortProof.self, from: Data(json.utf8))
  }

  mutating func cohort(pairs: Int, unpaired: Int) throws -> CohortView {
    CohortView(
      objective: pick(CohortObjectiveName.allCases), seed: revision(), appliesQuotas: flag(),
      pairs: list(pairs...pairs) { $0.pair() },
      unpaired: list(unpaired...unpaired) { $0.unpaired() },
      rules: list { g in
        .init(
          name: g.text(), minimum: g.count(), maximum: g.maybe { $0.count() }, reached: g.count())
      },
      figures: list { g in
        .init(
          objective: g.pick(CohortObjectiveName.allCases), pairs: g.count(), total: g.double(),
          worst: g.maybe { $0.double() }, blockingPairs: g.count())
      }, isOptimal: flag(), bound: maybe { $0.double() }, gap: maybe { $0.double() },
      isVerified: flag(), faults: list { $0.text() }, proof: try proof(pairs: pairs))
  }

  mutating func row() -> ReassignmentRow {
    ReassignmentRow(
      participant: ref(), change: word(), previous: maybe { $0.assigned() },
      now: maybe { $0.assigned() },
      evidence: list { g in
        .init(
          network: g.word(), membership: g.double(),
          signals: g.list { .init(signal: $0.word(), logOdds: $0.double(), share: $0.double()) },
          words: g.list { $0.text() })
      })
  }

  mutating func reassignment(rows: Int) -> ReassignmentView {
    ReassignmentView(
      isDryRun: flag(), moveCost: double(), rows: list(rows...rows) { $0.row() },
      networks: list { g in
        .init(
          network: g.word(), name: g.text(), before: g.count(), now: g.count(),
          minimum: g.maybe { $0.count() }, maximum: g.maybe { $0.count() }, price: g.double())
      }, total: double(), isProvenOptimal: flag())
  }
}
