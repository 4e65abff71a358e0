import Foundation
import TestSupport
import Testing

/// Participants without plans, so that profiles are made in no time.
enum TestCohort {
  /// One line of a file of participants; `more` replaces or adds keys.
  static func line(
    _ id: String, _ country: String, _ more: [String: Any] = [:]
  ) throws -> String {
    let object: [String: Any] = [
      "id": id, "name": id.capitalized, "kind": "city", "country": country, "population": 100_000,
      "languages": ["es"],
    ].merging(more) { $1 }
    return String(
      decoding: try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]),
      as: UTF8.self)
  }

  /// Six European cities, eu0…eu5, and six of Latin America, la0…la5, of Argentina,
  /// Brazil and Peru in turn.
  static func lines() throws -> [String] {
    var lines: [String] = []
    for index in 0..<6 {
      let more: [String: Any] = [
        "population": 50_000 * (index + 1), "survey": ["N1": index, "N2": 5 - index],
        "event": ["N3": index],
      ]
      lines.append(try line("eu\(index)", "ES", more))
    }
    for index in 0..<6 {
      let more: [String: Any] = [
        "population": 70_000 * (index + 1), "alumni": index % 2 == 0,
        "survey": ["N1": index * 2 % 6, "N3": index % 4],
      ]
      lines.append(try line("la\(index)", ["AR", "BR", "PE"][index % 3], more))
    }
    return lines
  }

  /// Writes lines as a file and gives its path.
  static func write(
    _ lines: [String], to folder: TemporaryFolder, as name: String = "cohort.jsonl"
  ) throws -> String {
    try folder.write(Data((lines.joined(separator: "\n") + "\n").utf8), to: name).path
  }

  /// What a command printed as JSON.
  static func object(_ result: Tool.Result) throws -> JSONTree {
    #expect(result.code == 0, "\(result.errors)")
    return try JSONDecoder().decode(JSONTree.self, from: Data(result.output.utf8))
  }
}
