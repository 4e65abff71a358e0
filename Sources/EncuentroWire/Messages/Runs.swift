import EncuentroProtos
package import Programme

/// What was recorded of a batch job.
package struct RunRef: Hashable, Sendable {
  package var id: Int64
  package var committed: Bool
  /// The store's revision afterwards.
  package var revision: UInt64

  package init(id: Int64, committed: Bool, revision: UInt64) {
    self.id = id
    self.committed = committed
    self.revision = revision
  }
}

package struct ListRunsRequest: Hashable, Sendable {
  package var page: PageRequest

  package init(page: PageRequest = PageRequest()) { self.page = page }
}

package struct ListRunsResponse: Hashable, Sendable {
  /// The latest first.
  package var runs: [Run]
  /// Empty after the last page.
  package var nextPageToken: String

  package init(runs: [Run], nextPageToken: String) {
    self.runs = runs
    self.nextPageToken = nextPageToken
  }

  /// As of `ListParticipantsResponse`.
  package init(_ page: PageRequest, of runs: [Run]) {
    (self.runs, nextPageToken) = Batches.page(page, of: runs) { PageToken(.runs, before: $0.id) }
  }
}

package struct GetRunRequest: Hashable, Sendable {
  package var id: Int64

  package init(id: Int64) { self.id = id }
}

/// One message of GetRun's answer: `run`, then `result` in parts.
package enum GetRunStep: Hashable, Sendable {
  case run(Run)
  /// A part of the JSON document that the command line prints with `--json`.
  case result([UInt8])
}

// MARK: - The messages

extension Run: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__Run>) {
    encuentro__v1__run__init(c)
  }

  /// The contract's numbers.
  private static let kinds: [(Encuentro__V1__RunKind, Kind)] = [
    (ENCUENTRO__V1__RUN_KIND__COHORT, .cohort),
    (ENCUENTRO__V1__RUN_KIND__REASSIGNMENT, .reassignment),
  ]

  init(wire c: Encuentro__V1__Run) throws(WireError) {
    self.init(
      id: c.id,
      kind: try Read.choice(c.kind, "kind", of: Self.kinds),
      committed: c.committed != 0,
      actor: try Read.text(c.actor, "actor"),
      time: c.time_us,
      revision: c.revision,
      summary: try Read.text(c.summary, "summary"),
      resultBytes: Int64(try Read.number(c.result_bytes, "result_bytes")))
  }

  func fill(_ c: inout Encuentro__V1__Run, _ arena: Arena) {
    c.id = id
    c.kind =
      switch kind {
      case .cohort: ENCUENTRO__V1__RUN_KIND__COHORT
      case .reassignment: ENCUENTRO__V1__RUN_KIND__REASSIGNMENT
      }
    c.committed = committed ? 1 : 0
    c.actor = arena.text(actor)
    c.time_us = time
    c.revision = revision
    c.summary = arena.text(summary)
    c.result_bytes = resultBytes
  }
}

extension RunRef: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__RunRef>) {
    encuentro__v1__run_ref__init(c)
  }

  init(wire c: Encuentro__V1__RunRef) throws(WireError) {
    id = c.id
    committed = c.committed != 0
    revision = c.revision
  }

  func fill(_ c: inout Encuentro__V1__RunRef, _ arena: Arena) {
    c.id = id
    c.committed = committed ? 1 : 0
    c.revision = revision
  }
}

extension ListRunsRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ListRunsRequest>) {
    encuentro__v1__list_runs_request__init(c)
  }

  init(wire c: Encuentro__V1__ListRunsRequest) throws(WireError) {
    page = try PageRequest(size: c.page_size, token: c.page_token)
  }

  func fill(_ c: inout Encuentro__V1__ListRunsRequest, _ arena: Arena) {
    (c.page_size, c.page_token) = page.fields(arena)
  }
}

extension ListRunsResponse: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ListRunsResponse>) {
    encuentro__v1__list_runs_response__init(c)
  }

  init(wire c: Encuentro__V1__ListRunsResponse) throws(WireError) {
    runs = try Read.messages(c.n_runs, c.runs, "runs", limit: WireLimits.top)
    nextPageToken = try Read.text(c.next_page_token, "next_page_token")
  }

  func fill(_ c: inout Encuentro__V1__ListRunsResponse, _ arena: Arena) {
    (c.n_runs, c.runs) = arena.messages(runs)
    c.next_page_token = arena.text(nextPageToken)
  }
}

extension GetRunRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__GetRunRequest>) {
    encuentro__v1__get_run_request__init(c)
  }

  init(wire c: Encuentro__V1__GetRunRequest) throws(WireError) {
    id = c.id
  }

  func fill(_ c: inout Encuentro__V1__GetRunRequest, _ arena: Arena) {
    c.id = id
  }
}

extension GetRunStep: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__GetRunResponse>) {
    encuentro__v1__get_run_response__init(c)
  }

  init(wire c: Encuentro__V1__GetRunResponse) throws(WireError) {
    switch c.step_case {
    case ENCUENTRO__V1__GET_RUN_RESPONSE__STEP_RUN:
      self = .run(try Read.message(c.run, "run"))
    case ENCUENTRO__V1__GET_RUN_RESPONSE__STEP_RESULT:
      self = .result(Read.bytes(c.result))
    default: throw .invalid(field: "step", reason: "is missing")
    }
  }

  func fill(_ c: inout Encuentro__V1__GetRunResponse, _ arena: Arena) {
    switch self {
    case .run(let run):
      c.step_case = ENCUENTRO__V1__GET_RUN_RESPONSE__STEP_RUN
      c.run = arena.message(run)
    case .result(let bytes):
      c.step_case = ENCUENTRO__V1__GET_RUN_RESPONSE__STEP_RESULT
      c.result = arena.bytes(bytes)
    }
  }
}
