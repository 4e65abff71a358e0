package import Classification
package import Foundation
import Matching
import Programme

/// The networks of one participant before and after, and why.
package struct ReassignmentRow: Codable, Sendable, Equatable {
  package var participant: ParticipantRef
  /// "kept", "moved", "new" or "unassigned" (without any signal).
  package var change: String
  @OrNull package var previous: AssignedNetworks?
  @OrNull package var now: AssignedNetworks?
  /// What each signal says of the network now, and of the previous one if it moved.
  package var evidence: [EvidenceView]

  package struct EvidenceView: Codable, Sendable, Equatable {
    package var network: String
    package var membership: Double
    package var signals: [SignalView]
    /// The words of the plan that carry the network.
    package var words: [String]
  }

  package struct SignalView: Codable, Sendable, Equatable {
    /// "plan", "survey" or "event".
    package var signal: String
    package var logOdds: Double
    package var share: Double
  }
}

/// A participant's networks by their labels.
package struct AssignedNetworks: Codable, Sendable, Equatable {
  package var primary: String
  package var further: [String]

  package init(primary: String, further: [String] = []) {
    self.primary = primary
    self.further = further
  }
}

/// A reassignment, as `encuentro reassign --json` prints it.
package struct ReassignmentView: Codable, Sendable, Equatable {
  /// "reassignment", and the version of this form.
  package var kind = "reassignment"
  package var format = 1
  package var isDryRun: Bool
  package var moveCost: Double
  package var rows: [ReassignmentRow]
  package var networks: [NetworkView]
  /// The sum of log-odds less the cost of moves, and whether the independent check
  /// found it optimal.
  package var total: Double
  package var isProvenOptimal: Bool

  package struct NetworkView: Codable, Sendable, Equatable {
    package var network: String
    package var name: String
    package var before: Int
    package var now: Int
    @OrNull package var minimum: Int?
    @OrNull package var maximum: Int?
    /// What a place in it costs, in log-odds: above 0 where it is full, below 0
    /// where it has no more than it must.
    package var price: Double
  }
}

/// What a secretariat asks for.
package struct ReassignmentRequest: Sendable {
  package var isDryRun = true
  package var moveCost = 1.0
  package var minimumSize: Int?
  package var maximumSize: Int?
  /// The assignment so far, by participants' ids.
  package var previous: [String: AssignedNetworks] = [:]

  package init() {}
}

extension MatchingEngine {
  /// Assigns all participants to networks anew; nothing is stored.
  ///
  /// - Throws: `InputError` for bounds that cannot hold or a previous network that
  ///   the programme does not have.
  package func reassign(_ request: ReassignmentRequest) throws -> ReassignmentView {
    let networks = programme.networks
    var options = Reassignment.Options()
    options.moveCost = request.moveCost
    if request.minimumSize != nil || request.maximumSize != nil {
      let (least, most) = (request.minimumSize ?? 0, request.maximumSize ?? Int.max)
      guard least <= most else {
        throw InputError(
          description: "the least size, \(least), is above the largest, \(most)")
      }
      for index in networks.indices { options.sizes[index] = least...most }
    }
    let previous = try self.previous(request)
    let result: Reassignment.Result
    do {
      result = try Reassignment(networks: networks.count, options: options).assign(
        profiles.map(\.memberships), previous: previous)
    } catch .tooFewPlaces(let places, let participants) {
      throw InputError(
        description:
          "\(networks.count) networks with at most \(request.maximumSize ?? 0) each have "
          + "\(places) places, and \(participants) participants need one; raise --max-size")
    } catch .tooManyRequired(_, let participants) {
      throw InputError(
        description: "\(networks.count) networks cannot have at least "
          + "\(request.minimumSize ?? 0) participants each, for only \(participants) have a "
          + "signal; lower --min-size")
    }
    let workspace = Classifier.Workspace()
    var rows: [ReassignmentRow] = []
    for (row, outcome) in result.outcomes.enumerated() {
      rows.append(try self.row(row, outcome, previous: previous[row], workspace: workspace))
    }
    return ReassignmentView(
      isDryRun: request.isDryRun, moveCost: request.moveCost, rows: rows,
      networks: networks.enumerated().map { index, network in
        ReassignmentView.NetworkView(
          network: network.id.label, name: network.name,
          before: previous.count { $0?.primary == index }, now: result.sizes[index],
          minimum: request.minimumSize, maximum: request.maximumSize,
          price: Double(result.solution.prices[index]) / 1e6)
      }, total: Double(result.solution.total) / 1e6,
      isProvenOptimal: result.problem.fault(in: result.solution) == nil)
  }

  /// - Throws: `InputError` with every label that is no network of the programme.
  private func previous(_ request: ReassignmentRequest) throws -> [Reassignment.Networks?] {
    var errors: [String] = []
    let previous = participants.map { participant -> Reassignment.Networks? in
      guard let assigned = request.previous[participant.id] else { return nil }
      let indices = ([assigned.primary] + assigned.further).compactMap { label -> Int? in
        if let network = programme.network(label: label) { return network.id.index }
        errors.append(
          "\(participant.id) was in '\(label)', which is no network of the programme")
        return nil
      }
      return indices.first.map {
        Reassignment.Networks(primary: $0, further: Array(indices.dropFirst()))
      }
    }
    guard errors.isEmpty else { throw InputError(description: errors.joined(separator: "\n")) }
    return previous
  }

  private func row(
    _ row: Int, _ outcome: Reassignment.Outcome, previous: Reassignment.Networks?,
    workspace: Classifier.Workspace
  ) throws -> ReassignmentRow {
    let networks = programme.networks
    func labels(_ assigned: Reassignment.Networks?) -> AssignedNetworks? {
      assigned.map {
        AssignedNetworks(
          primary: networks[$0.primary].id.label,
          further: $0.further.map { networks[$0].id.label })
      }
    }
    var evidence: [ReassignmentRow.EvidenceView] = []
    if let now = outcome.networks, outcome.change != .unassigned {
      evidence.append(try self.evidence(row, network: now.primary, workspace: workspace))
      if outcome.change == .moved, let previous {
        evidence.append(try self.evidence(row, network: previous.primary, workspace: workspace))
      }
    }
    return ReassignmentRow(
      participant: person(row), change: outcome.change.rawValue, previous: labels(previous),
      now: labels(outcome.networks), evidence: evidence)
  }

  private func evidence(
    _ row: Int, network: Int, workspace: Classifier.Workspace
  ) throws -> ReassignmentRow.EvidenceView {
    let participant = participants[row]
    let id = programme.networks[network].id
    var logit: Double?
    var words: [String] = []
    if let plan = participant.signals.plan?.text, plan.contains(where: { !$0.isWhitespace }) {
      let text = try PlainText(plan)
      let classification = try classifier.classify(text, workspace: workspace)
      logit = classification.scores[network].logit
      let passage = classifier.evidence(
        for: id.label, in: text, classification: classification, limit: 1, workspace: workspace)?
        .passages.first
      words = ClassificationView.WordView.carrying(
        (passage?.words ?? []).map {
          .init(text: text[$0.start..<$0.end], start: $0.start, contribution: $0.contribution)
        }, limit: 4
      ).map(\.text)
    }
    return ReassignmentRow.EvidenceView(
      network: id.label, membership: profiles[row].memberships?[network] ?? 0,
      signals: SignalFusion.parts(of: id, planLogit: logit, signals: participant.signals).map {
        .init(signal: $0.signal.rawValue, logOdds: $0.logOdds, share: $0.share)
      }, words: words)
  }
}

extension ReassignmentRequest {
  /// Reads the assignment so far: what `reassign --json` or `sample --json` printed, or
  /// JSON Lines of {"id":"…","primary":"N1","further":["N2"]}.
  ///
  /// - Throws: `InputError` with every wrong line.
  package static func previous(
    from data: Data, named name: String
  ) throws -> [String: AssignedNetworks] {
    if let view = try? JSONDecoder().decode(ReassignmentView.self, from: data) {
      return Dictionary(
        view.rows.compactMap { row in row.now.map { (row.participant.id, $0) } },
        uniquingKeysWith: { first, _ in first })
    }
    if let view = try? JSONDecoder().decode(ParticipantsView.self, from: data) {
      return Dictionary(
        view.participants.compactMap { row in
          row.primary.map { (row.id, AssignedNetworks(primary: $0, further: row.further)) }
        }, uniquingKeysWith: { first, _ in first })
    }
    struct Line: Decodable {
      var id: String
      var primary: String
      var further: [String]?
    }
    var assigned: [String: AssignedNetworks] = [:]
    var errors: [String] = []
    let lines = data.split(separator: 0x0A, omittingEmptySubsequences: false)
    // An object over several lines is no JSON Lines: that each is wrong says nothing.
    if let first = lines.first(where: { $0.contains { $0 > 0x20 } }),
      first.filter({ $0 > 0x20 }) == Data("{".utf8)
    {
      throw InputError(
        description: "\(name): not a whole result of 'encuentro reassign --json' or "
          + "'encuentro sample --json'; print it again")
    }
    for (index, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
      guard let entry = try? JSONDecoder().decode(Line.self, from: line) else {
        errors.append(
          "\(name):\(index + 1): not {\"id\":\"…\",\"primary\":\"N1\",\"further\":[…]}")
        continue
      }
      let networks = AssignedNetworks(primary: entry.primary, further: entry.further ?? [])
      if assigned.updateValue(networks, forKey: entry.id) != nil {
        errors.append("\(name):\(index + 1): '\(entry.id)' stands in an earlier line already")
      }
    }
    guard errors.isEmpty else { throw InputError(description: errors.joined(separator: "\n")) }
    return assigned
  }
}
