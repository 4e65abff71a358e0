package import Foundation

/// Reads results that a command printed with `--json` and somebody kept.
package enum SavedResult {
  private struct Head: Decodable {
    var kind: String
    var format: Int
  }

  /// A cohort that `encuentro pair --json` printed.
  ///
  /// - Throws: `InputError` for anything else, for another format, or for a damaged one.
  package static func cohort(_ data: Data, named name: String) throws -> CohortView {
    try read(
      data, named: name, kind: CohortView.kind, format: CohortView.currentFormat,
      command: "pair", again: "pair again")
  }

  /// An assignment that `encuentro reassign --json` printed.
  ///
  /// - Throws: `InputError`, as `cohort` does.
  package static func reassignment(_ data: Data, named name: String) throws -> ReassignmentView {
    try read(
      data, named: name, kind: "reassignment", format: ReassignmentView.currentFormat,
      command: "reassign", again: "reassign again")
  }

  private static func read<View: Decodable>(
    _ data: Data, named name: String, kind: String, format: Int, command: String, again: String
  ) throws -> View {
    guard let head = try? JSONDecoder().decode(Head.self, from: data), head.kind == kind else {
      throw InputError(
        description: "\(name): not a whole result of 'encuentro \(command) --json'; \(again)")
    }
    guard head.format == format else {
      throw InputError(
        description: "\(name): format \(head.format), this program reads \(format); "
          + "\(again) to have it in this format")
    }
    do {
      return try JSONDecoder().decode(View.self, from: data)
    } catch {
      throw InputError(description: "\(name): a damaged result: \(DecodingReason(error))")
    }
  }
}
