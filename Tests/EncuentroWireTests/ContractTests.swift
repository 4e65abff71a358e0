import EncuentroProtos
import EncuentroWire
import Foundation
import TestSupport
import Testing

@Suite("The contract")
struct ContractTests {
  /// A method as the contract declares it.
  private struct Declared: Equatable {
    var info: MethodInfo
    var request: String
    var response: String
  }

  /// From service.proto, which alone says what is streamed: protoc-c leaves it out.
  private func declared() throws -> [Declared] {
    let file = Repository.root.appending(path: "Protos/encuentro/v1/service.proto")
    let text = try String(contentsOf: file, encoding: .utf8)
    var service = ""
    var methods: [Declared] = []
    let method =
      /(?:service\s+(?<service>\w+))|(?:rpc\s+(?<name>\w+)\((?<client>stream\s+)?(?<request>\w+)\)\s+returns\s+\((?<server>stream\s+)?(?<response>\w+)\))/
    for match in text.matches(of: method) {
      if let name = match.output.service { service = String(name) }
      guard let name = match.output.name, let request = match.output.request,
        let response = match.output.response
      else { continue }
      methods.append(
        Declared(
          info: MethodInfo(
            name: "encuentro.v1.\(service)/\(name)", clientStreaming: match.output.client != nil,
            serverStreaming: match.output.server != nil),
          request: "encuentro.v1.\(request)", response: "encuentro.v1.\(response)"))
    }
    return methods
  }

  @Test("The methods are the contract's, in its order, with its shapes")
  func methods() throws {
    #expect(try Contract.methods == declared().map(\.info))
  }

  @Test("The generated services have the same methods and messages")
  func services() throws {
    let generated = [
      encuentro__v1__matchmaking__descriptor, encuentro__v1__health__descriptor,
      encuentro__v1__server__descriptor,
    ].flatMap { service in
      (0..<Int(service.n_methods)).map { index in
        let method = service.methods[index]
        return [
          "\(String(cString: service.name))/\(String(cString: method.name))",
          Descriptor(method.input).name, Descriptor(method.output).name,
        ]
      }
    }
    #expect(try declared().map { [$0.info.name, $0.request, $0.response] } == generated)
  }

  @Test("Every method takes and gives the messages that its Swift types stand for")
  func types() throws {
    func types<Request, Response>(_ method: WireMethod<Request, Response>) -> [String] {
      [method.name, "\(Request.self)", "\(Response.self)"]
    }
    // Types that are not called as their messages are.
    let names = [
      "ClassificationView": "ClassificationResult",
      "ClassifyPlansOutcome": "ClassifyPlansResponse",
      "ClassifyParticipantsStep": "ClassifyParticipantsResponse",
      "SuggestionsView": "SuggestPartnersResponse", "ExplanationView": "ExplainPairResponse",
      "PairCohortStep": "PairCohortResponse", "ReassignNetworksStep": "ReassignNetworksResponse",
      "GetRunStep": "GetRunResponse", "ClassificationRequest": "ClassifyRequest",
      "VerificationView": "VerifyCohortResponse",
    ]
    let typed = [
      types(Contract.classify), types(Contract.classifyPlans),
      types(Contract.classifyParticipants), types(Contract.upsertParticipants),
      types(Contract.getParticipant), types(Contract.listParticipants),
      types(Contract.deleteParticipant), types(Contract.submitPlan),
      types(Contract.suggestPartners), types(Contract.explainPair), types(Contract.pairCohort),
      types(Contract.verifyCohort),
      types(Contract.reassignNetworks), types(Contract.listRuns), types(Contract.getRun),
      types(Contract.recordDecision), types(Contract.listDecisions), types(Contract.getProgramme),
      types(Contract.healthCheck), types(Contract.healthWatch), types(Contract.serverInfo),
    ].map { [$0[0]] + $0[1...].map { "encuentro.v1.\(names[$0] ?? $0)" } }
    #expect(try declared().map { [$0.info.name, $0.request, $0.response] } == typed)
    let messages = Set(try declared().flatMap { [$0.request, $0.response] })
    #expect(messages == Set(MessageKind.all.map(\.name)))
  }

  @Test("No message holds itself, and none lies deeper than eight")
  func nesting() {
    func depth(_ message: Descriptor, within outer: Set<String>) -> Int {
      guard !outer.contains(message.name) else {
        Issue.record("\(message.name) holds itself")
        return 0
      }
      let inner = outer.union([message.name])
      return 1 + (message.parts.map { depth($0, within: inner) }.max() ?? 0)
    }
    for kind in MessageKind.all {
      #expect(depth(kind.descriptor, within: []) <= 8, "\(kind.name)")
    }
  }

  @Test("The descriptor set holds the contract's files")
  func descriptorSet() {
    let set = Data(Contract.fileDescriptorSet)
    for file in ["service", "cohort", "participant"] {
      #expect(set.range(of: Data("encuentro/v1/\(file).proto".utf8)) != nil)
    }
    // A repeated field 1 of length-delimited files, and nothing else.
    #expect(set.first == 10)
  }
}
