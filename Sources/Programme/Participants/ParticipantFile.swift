package import Foundation

/// A file of participants in either form, told apart by its content.
package enum ParticipantFile {
  /// Checks a file, and reports all that is wrong with it at once.
  ///
  /// - Parameters:
  ///   - source: the name of the file, for the findings.
  ///   - left: lines of participants that are left out.
  package static func check(
    _ data: Data, source: String, definition: ProgrammeDefinition, without left: Set<Int> = []
  ) -> CheckResult<[Participant]> {
    let first = data.first { $0 > 0x20 && ![0xEF, 0xBB, 0xBF].contains($0) }
    if first == UInt8(ascii: "{") || first == nil {
      return Participant.check(
        jsonl: blanked(data, left), source: source, definition: definition)
    }
    return ParticipantTable.check(
      csv: data, source: source, definition: definition, without: left)
  }

  /// The lines, some of them empty.
  private static func blanked(_ data: Data, _ left: Set<Int>) -> Data {
    guard !left.isEmpty else { return data }
    let lines = data.split(separator: 0x0A, omittingEmptySubsequences: false)
    return Data(
      lines.enumerated().map { left.contains($0 + 1) ? Data() : $1 }.joined(separator: [0x0A]))
  }
}
