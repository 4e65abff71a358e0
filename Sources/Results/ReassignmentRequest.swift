package import Foundation
package import Programme

/// What a secretariat asks for.
package struct ReassignmentRequest: Equatable, Sendable {
  package var moveCost = 1.0
  package var minimumSize: Int?
  package var maximumSize: Int?
  /// The assignment so far, by participants' ids.
  package var previous: [String: AssignedNetworks] = [:]
  /// Whether the assignment so far is what a server has stored, instead of `previous`.
  package var usesStored = false
  /// Who puts the assignment into effect; nil for a dry run.
  package var commit: Authorship?

  package init() {}

  package var isDryRun: Bool { commit == nil }
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
