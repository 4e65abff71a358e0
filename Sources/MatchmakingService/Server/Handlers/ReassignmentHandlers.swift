import EncuentroWire
import Foundation
import Programme
import RPC
import Results
import Storage

extension Handlers {
  var reassignmentMethods: [Method] {
    [
      serverStream(Contract.reassignNetworks) { call, responses in
        try await reassign(call, responses)
      }
    ]
  }

  private func reassign(
    _ call: ReassignNetworksRequest, _ responses: Responses<ReassignNetworksStep>
  ) async throws {
    var named = call
    named.request.commit = nil
    let (method, unnamed) = (Contract.reassignNetworks.name, named.encoded())
    if let steps = try await recorded(call.request.commit, method, unnamed, pack: Self.packed) {
      return try await responses.send(packed: steps)
    }
    let snapshot = try await matchmaking.snapshot(atLeast: call.atLeastRevision)
    var request = call.request
    if request.usesStored { request.previous = snapshot.assignments }
    let asked = request
    let steps = try await responses.reporting(on: jobs, as: ReassignNetworksStep.progress) {
      report in
      let view = try snapshot.engine.reassign(asked, progress: report)
      try Task.checkCancellation()
      report(JobProgress(phase: "recording"))
      let run = NewRun(
        kind: .reassignment, committed: asked.commit != nil, revision: snapshot.revision,
        summary: view.summary, result: try ResultDocument.encode(view),
        assignments: asked.commit == nil ? nil : view.assignments)
      let receipt = try await record(run, asked.commit, method, unnamed)
      return Self.packed(view, RunRef(receipt))
    }
    try await responses.send(packed: steps)
  }

  @Sendable private static func packed(_ view: ReassignmentView, _ run: RunRef) -> [[UInt8]] {
    ReassignNetworksStep.steps(of: view, run: run).map { $0.encoded() }
  }
}

extension ReassignmentView {
  /// "91 participants: 80 kept, 11 moved".
  fileprivate var summary: String {
    let counts = Dictionary(grouping: rows, by: \.change).mapValues(\.count)
    let parts = ["kept", "moved", "new", "unassigned"].compactMap { change in
      counts[change].map { "\($0) \(change)" }
    }
    return "\(rows.count) participants: \(parts.joined(separator: ", "))"
  }

  fileprivate var assignments: [String: AssignedNetworks] {
    Dictionary(
      rows.compactMap { row in row.now.map { (row.participant.id, $0) } },
      uniquingKeysWith: { first, _ in first })
  }
}
