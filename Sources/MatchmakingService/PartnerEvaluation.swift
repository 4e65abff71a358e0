import Classification
package import Foundation
import Matching
import Programme
import Results

/// Where true partners rank, as `encuentro evaluate partners --json` prints it.
package struct PartnersReportView: Codable, Sendable, Equatable {
  package var pairs: Int
  package var queries: Int
  package var mrr: Double
  package var recallAt1: Double
  package var recallAt5: Double
  package var recallAt10: Double
  package var medianRank: Double
  package var meanCandidates: Double

  init(_ report: PastPairings.Report) {
    pairs = report.pairs
    queries = report.queries
    mrr = report.mrr
    recallAt1 = report.recallAt1
    recallAt5 = report.recallAt5
    recallAt10 = report.recallAt10
    medianRank = report.medianRank
    meanCandidates = report.meanCandidates
  }
}

/// Cities known by a text, and their real pairings, from files of JSON Lines.
struct PairingsFile {
  private struct City: Decodable {
    var name: String
    var country: String?
    var region: String
    var text: String
    var population: Int?
  }

  private struct Pair: Decodable {
    var a: String
    var b: String
  }

  private(set) var profiles: [Profile] = []
  private(set) var pairings: [(Int, Int)] = []

  /// - Throws: `InputError` with every wrong line of both files.
  init(
    cities: Data, named citiesName: String, pairs: Data, named pairsName: String,
    builder: ProfileBuilder, progress: (Int, Int) -> Void
  ) throws {
    var errors: [String] = []
    var rows: [City] = []
    var names: [String: Int] = [:]
    func read<Row: Decodable>(
      _ data: Data, _ name: String, _ type: Row.Type, receive: (Row) -> String?
    ) {
      let decoder = JSONDecoder()
      let lines = data.split(separator: 0x0A, omittingEmptySubsequences: false)
      for (index, line) in lines.enumerated() {
        guard line.contains(where: { $0 > 0x20 }) else { continue }
        do {
          if let wrong = receive(try decoder.decode(type, from: line)) {
            errors.append("\(name):\(index + 1): \(wrong)")
          }
        } catch {
          errors.append("\(name):\(index + 1): \(DecodingReason(error))")
        }
      }
    }
    read(cities, citiesName, City.self) { city in
      if let population = city.population, population < 0 { return "the population is below 0" }
      do {
        _ = try PlainText(city.text)
      } catch {
        return "the text cannot be read: \(error)"
      }
      guard names.updateValue(rows.count, forKey: city.name) == nil else {
        return "'\(city.name)' stands in an earlier line already"
      }
      rows.append(city)
      return nil
    }
    read(pairs, pairsName, Pair.self) { pair in
      guard let one = names[pair.a] else { return "'\(pair.a)' is not in \(citiesName)" }
      guard let other = names[pair.b] else { return "'\(pair.b)' is not in \(citiesName)" }
      if one == other { return "'\(pair.a)' is paired with itself" }
      pairings.append((one, other))
      return nil
    }
    if errors.isEmpty, pairings.isEmpty { errors.append("\(pairsName): the file holds no pairs") }
    guard errors.isEmpty else { throw InputError(description: errors.joined(separator: "\n")) }
    for (index, city) in rows.enumerated() {
      profiles.append(
        try builder.profile(
          id: city.name, name: city.name, text: city.text,
          facts: Profile.Facts(
            country: city.country ?? "", region: city.region,
            isEuropean: ["EU", "Europe", "europe"].contains(city.region),
            // What is not known there is written as null or as 0.
            population: city.population.flatMap { $0 > 0 ? $0 : nil })))
      progress(index + 1, rows.count)
    }
  }
}

extension ClassificationEngine {
  /// Where the true partners of real pairings rank.
  ///
  /// - Parameter progress: called with the number done and the number of all.
  /// - Throws: `InputError` with every wrong line.
  package func evaluatePartners(
    cities: Data, named citiesName: String, pairs: Data, named pairsName: String,
    progress: (Int, Int) -> Void
  ) throws -> PartnersReportView {
    let file = try PairingsFile(
      cities: cities, named: citiesName, pairs: pairs, named: pairsName, builder: profileBuilder,
      progress: progress)
    let past = PastPairings(
      file.profiles, pairings: file.pairings, eligibility: Eligibility(rules: programme.rules))
    return PartnersReportView(past.report(weights: programme.weights))
  }

  var profileBuilder: ProfileBuilder {
    ProfileBuilder(classifier: classifier, programme: programme)
  }
}
