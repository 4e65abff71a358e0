import CPeak
import Foundation
import Matching

/// Pairs a synthetic cohort and prints JSON; the script `Benchmarks/cohort` sets the
/// figures beside those of other solvers.
///
///     CohortBench KIND COUNT none|quotas total|fairest|stable RUNS
@main
struct CohortBench {
  struct Report: Codable {
    var seconds: [Double]
    var total: Int64
    var pairs: Int
    var isOptimal: Bool
    /// Whether the certificate was verified, and the seconds that took.
    var isVerified: Bool
    var verification: Double
    /// The seconds that reading all score rows once takes.
    var reading: Double
    var peakMemory: UInt64
  }

  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count == 5, let kind = SyntheticScores.Kind(rawValue: words[0]),
      let count = Int(words[1]), ["none", "quotas"].contains(words[2]),
      let objective = CohortObjective(rawValue: words[3]), let runs = Int(words[4]), runs > 0
    else {
      FileHandle.standardError.write(
        Data(
          "usage: CohortBench uniform|profiles COUNT none|quotas total|fairest|stable RUNS\n".utf8))
      exit(64)
    }
    let scores = SyntheticScores(kind, count: count)
    let problem = problem(count, hasQuotas: words[2] == "quotas")
    let solver = try CohortSolver(problem, scores: scores, objective: objective)
    var seconds: [Double] = []
    var result = try timed(&seconds) { try solver.solve() }
    for _ in 1..<runs { result = try timed(&seconds) { try solver.solve() } }
    let memory = peak_memory()
    var verification: [Double] = []
    let faults = timed(&verification) {
      CertificateCheck(problem, scores: scores).faults(in: result)
    }
    var reading: [Double] = []
    var line = [Int32](repeating: -1, count: count)
    timed(&reading) { for row in 0..<count { scores.fill(row: row, into: &line) } }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let report = Report(
      seconds: seconds, total: result.figures.total, pairs: result.figures.pairs,
      isOptimal: result.isOptimal, isVerified: faults.isEmpty, verification: verification[0],
      reading: reading[0], peakMemory: memory)
    FileHandle.standardOutput.write(try encoder.encode(report) + Data("\n".utf8))
  }

  /// One pair each. With quotas, every tenth participant of the left is of one country,
  /// of which a twentieth to a twelfth of the number can be paired; every fifth of the
  /// right is of one region, of which at most a sixth can.
  private static func problem(_ count: Int, hasQuotas: Bool) -> CohortProblem {
    var problem = CohortProblem(
      left: (0..<count).map { CohortParticipant(id: "left \($0)") },
      right: (0..<count).map { CohortParticipant(id: "right \($0)") })
    guard hasQuotas else { return problem }
    for country in 0..<10 {
      problem.rules.append(
        CohortRule(
          name: "country \(country)",
          members: stride(from: country, to: count, by: 10).map { "left \($0)" },
          minimum: count / 20, maximum: count / 12))
    }
    for region in 0..<5 {
      problem.rules.append(
        CohortRule(
          name: "region \(region)",
          members: stride(from: region, to: count, by: 5).map { "right \($0)" },
          maximum: count / 6))
    }
    return problem
  }

  /// Seconds of the processor: what others do on a shared machine is not counted.
  private static func timed<T>(_ seconds: inout [Double], _ body: () throws -> T) rethrows -> T {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
    let start = now()
    defer { seconds.append(now() - start) }
    return try body()
  }
}
