import EncuentroProtos
import Programme
import Results

extension ReassignNetworksStep: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ReassignNetworksResponse>) {
    encuentro__v1__reassign_networks_response__init(c)
  }

  init(wire c: Encuentro__V1__ReassignNetworksResponse) throws(WireError) {
    switch c.step_case {
    case ENCUENTRO__V1__REASSIGN_NETWORKS_RESPONSE__STEP_PROGRESS:
      self = .progress(try Read.message(c.progress, "progress"))
    case ENCUENTRO__V1__REASSIGN_NETWORKS_RESPONSE__STEP_HEADER:
      self = .header(try Read.message(c.header, "header"))
    case ENCUENTRO__V1__REASSIGN_NETWORKS_RESPONSE__STEP_ROWS:
      self = .rows(try Read.message(c.rows, "rows", as: ReassignmentRows.self).rows)
    case ENCUENTRO__V1__REASSIGN_NETWORKS_RESPONSE__STEP_RUN:
      self = .run(try Read.message(c.run, "run"))
    default: throw .invalid(field: "step", reason: "is missing")
    }
  }

  func fill(_ c: inout Encuentro__V1__ReassignNetworksResponse, _ arena: Arena) {
    switch self {
    case .progress(let progress):
      c.step_case = ENCUENTRO__V1__REASSIGN_NETWORKS_RESPONSE__STEP_PROGRESS
      c.progress = arena.message(progress)
    case .header(let header):
      c.step_case = ENCUENTRO__V1__REASSIGN_NETWORKS_RESPONSE__STEP_HEADER
      c.header = arena.message(header)
    case .rows(let rows):
      c.step_case = ENCUENTRO__V1__REASSIGN_NETWORKS_RESPONSE__STEP_ROWS
      c.rows = arena.message(ReassignmentRows(rows: rows))
    case .run(let run):
      c.step_case = ENCUENTRO__V1__REASSIGN_NETWORKS_RESPONSE__STEP_RUN
      c.run = arena.message(run)
    }
  }
}

extension ReassignmentHeader: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ReassignmentHeader>) {
    encuentro__v1__reassignment_header__init(c)
  }

  init(wire c: Encuentro__V1__ReassignmentHeader) throws(WireError) {
    format = try Read.number(c.format, "format")
    isDryRun = c.is_dry_run != 0
    moveCost = try Read.number(c.move_cost, "move_cost")
    networks = try Read.messages(
      c.n_networks, c.networks, "networks", limit: WireLimits.networks)
    total = try Read.number(c.total, "total")
    isProvenOptimal = c.is_proven_optimal != 0
  }

  func fill(_ c: inout Encuentro__V1__ReassignmentHeader, _ arena: Arena) {
    c.format = Int32(clamping: format)
    c.is_dry_run = isDryRun ? 1 : 0
    c.move_cost = moveCost
    (c.n_networks, c.networks) = arena.messages(networks)
    c.total = total
    c.is_proven_optimal = isProvenOptimal ? 1 : 0
  }
}

extension ReassignmentView.NetworkView: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__NetworkSize>) {
    encuentro__v1__network_size__init(c)
  }

  init(wire c: Encuentro__V1__NetworkSize) throws(WireError) {
    self.init(
      network: try Read.text(c.network, "network"),
      name: try Read.text(c.name, "name"),
      before: try Read.number(c.before, "before"),
      now: try Read.number(c.now, "now"),
      minimum: try Read.optional(c.minimum_or_none_case, c.minimum, "minimum"),
      maximum: try Read.optional(c.maximum_or_none_case, c.maximum, "maximum"),
      price: try Read.number(c.price, "price"))
  }

  func fill(_ c: inout Encuentro__V1__NetworkSize, _ arena: Arena) {
    c.network = arena.text(network)
    c.name = arena.text(name)
    c.before = Int64(before)
    c.now = Int64(now)
    (c.minimum_or_none_case, c.minimum) = arena.optional(
      minimum, ENCUENTRO__V1__NETWORK_SIZE__MINIMUM_OR_NONE_MINIMUM)
    (c.maximum_or_none_case, c.maximum) = arena.optional(
      maximum, ENCUENTRO__V1__NETWORK_SIZE__MAXIMUM_OR_NONE_MAXIMUM)
    c.price = price
  }
}

private struct ReassignmentRows: Mapped {
  var rows: [ReassignmentRow]

  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ReassignmentRows>) {
    encuentro__v1__reassignment_rows__init(c)
  }
}

extension ReassignmentRows {
  init(wire c: Encuentro__V1__ReassignmentRows) throws(WireError) {
    rows = try Read.messages(c.n_rows, c.rows, "rows", limit: .max)
  }

  func fill(_ c: inout Encuentro__V1__ReassignmentRows, _ arena: Arena) {
    (c.n_rows, c.rows) = arena.messages(rows)
  }
}

extension ReassignmentRow: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ReassignmentRow>) {
    encuentro__v1__reassignment_row__init(c)
  }

  init(wire c: Encuentro__V1__ReassignmentRow) throws(WireError) {
    self.init(
      participant: try Read.message(c.participant, "participant"),
      change: try Read.text(c.change, "change"),
      previous: try Read.optional(c.previous, "previous"),
      now: try Read.optional(c.now, "now"),
      evidence: try Read.messages(
        c.n_evidence, c.evidence, "evidence", limit: WireLimits.networks))
  }

  func fill(_ c: inout Encuentro__V1__ReassignmentRow, _ arena: Arena) {
    c.participant = arena.message(participant)
    c.change = arena.text(change)
    c.previous = arena.message(previous)
    c.now = arena.message(now)
    (c.n_evidence, c.evidence) = arena.messages(evidence)
  }
}

extension ReassignmentRow.EvidenceView: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ReassignmentEvidence>) {
    encuentro__v1__reassignment_evidence__init(c)
  }

  init(wire c: Encuentro__V1__ReassignmentEvidence) throws(WireError) {
    self.init(
      network: try Read.text(c.network, "network"),
      membership: try Read.number(c.membership, "membership"),
      signals: try Read.messages(c.n_signals, c.signals, "signals", limit: .max),
      words: try Read.texts(c.n_words, c.words, "words", limit: .max))
  }

  func fill(_ c: inout Encuentro__V1__ReassignmentEvidence, _ arena: Arena) {
    c.network = arena.text(network)
    c.membership = membership
    (c.n_signals, c.signals) = arena.messages(signals)
    (c.n_words, c.words) = arena.texts(words)
  }
}

extension ReassignmentRow.SignalView: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__SignalShare>) {
    encuentro__v1__signal_share__init(c)
  }

  init(wire c: Encuentro__V1__SignalShare) throws(WireError) {
    self.init(
      signal: try Read.text(c.signal, "signal"),
      logOdds: try Read.number(c.log_odds, "log_odds"),
      share: try Read.number(c.share, "share"))
  }

  func fill(_ c: inout Encuentro__V1__SignalShare, _ arena: Arena) {
    c.signal = arena.text(signal)
    c.log_odds = logOdds
    c.share = share
  }
}
