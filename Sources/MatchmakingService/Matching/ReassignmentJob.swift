import Classification
import Foundation
import Matching
import Programme
package import Results

extension MatchingEngine {
  /// Assigns all participants to networks anew; nothing is stored.
  ///
  /// - Parameter progress: called often, from any thread.
  /// - Throws: `InputError` for bounds that cannot hold or a previous network that
  ///   the programme does not have.
  package func reassign(
    _ request: ReassignmentRequest, progress: @escaping Report = { _ in }
  ) throws -> ReassignmentView {
    progress(JobProgress(phase: "assigning"))
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
    let rows = try self.rows(result.outcomes, previous: previous, progress: progress)
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

  /// The rows with their evidence, on all cores, since plans may have to be read again.
  private func rows(
    _ outcomes: [Reassignment.Outcome], previous: [Reassignment.Networks?],
    progress: @escaping Report
  ) throws -> [ReassignmentRow] {
    try Parallel.map(count: outcomes.count) { done in
      progress(JobProgress(phase: "rows with evidence", done: done, total: outcomes.count))
    } makeScratch: {
      Classifier.Workspace()
    } element: { place, workspace in
      try row(place, outcomes[place], previous: previous[place], workspace: workspace)
    }
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
    let id = programme.networks[network].id
    let terms = try plans[row].terms(of: network, classifier: classifier, workspace: workspace)
    return ReassignmentRow.EvidenceView(
      network: id.label, membership: profiles[row].memberships?[network] ?? 0,
      signals: SignalFusion.parts(
        of: id, planLogit: plans[row].logit(of: network), signals: participants[row].signals
      ).map {
        .init(signal: $0.signal.rawValue, logOdds: $0.logOdds, share: $0.share)
      }, words: terms.words.prefix(4).map(\.text))
  }
}
