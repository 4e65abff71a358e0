import BenchSupport
import CPeak
import CVectorKernels
import Foundation
import Matching
import Programme

/// Measures the partner index on synthetic profiles and prints JSON; the script
/// `Benchmarks/partners` sets the figures beside those of faiss, which gets the same
/// vectors through files.
@main
struct MatchingBench {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count == 2, let profiles = Int(words[0]), profiles > 0 else {
      FileHandle.standardError.write(Data("usage: MatchingBench PROFILES FOLDER\n".utf8))
      exit(64)
    }
    let bench = try Bench(profiles: profiles, folder: URL(filePath: words[1]))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    FileHandle.standardOutput.write(try encoder.encode(try bench.run()) + Data("\n".utf8))
  }
}

/// The measurements, all on one thread.
struct Bench {
  static let seed: UInt64 = 1
  static let queryCount = 200
  static let best = 10
  static let cohort = 10_000

  private let index: PartnerIndex
  private let folder: URL
  private let queries: [Int]
  private var result: Result

  struct Result: Encodable {
    var instructionSet = String(cString: vk_instruction_set())
    var profiles: Int
    var queries = Bench.queryCount
    var best = Bench.best
    var dimension = SyntheticProfiles.dimension
    /// Making the index of profiles, in seconds of the processor and bytes.
    var buildSeconds = 0.0
    var indexMemory: UInt64 = 0
    /// All factors, with the weights and rules of the programme.
    var programme: Search?
    /// Content and complementarity alone, without rules: what faiss computes.
    var vectors: Search?
    /// The same with each instruction set that this machine has, one query.
    var vectorsByInstructionSet: [String: Passes] = [:]
    /// The scores of one of 10,000 with all of them.
    var cohortRow: Passes?
    /// The same for each of 100 that are asked for at once.
    var cohortRowOfMany = 0.0
    /// The factors and the score of one pair, in seconds.
    var pair = 0.0
    /// Assigning 10,000 participants to networks of bounded sizes, each, in seconds.
    var reassignment = 0.0
    /// Reading memory of the size of the vectors, and of their heads.
    var readVectors: Passes?
    var readHeads: Passes?
    var peakProductsPerSecond = 0.0
  }

  /// Times of one pass: a query alone (each pass another one), and all at once.
  struct Search: Encodable {
    var single: Passes
    var batch: Passes
    /// Of the best of all queries, the part that brute force also finds: 1.
    var recall: Double
  }

  init(profiles: Int, folder: URL) throws {
    self.folder = folder
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let definition = try ProgrammeDefinition.bulletin
    var builder = PartnerIndexBuilder(
      weights: definition.weights, eligibility: Eligibility(rules: definition.rules))
    var source = SyntheticProfiles(seed: Self.seed)
    let vectors = try FloatFile(folder.appending(path: "vectors.f32"))
    var seconds = 0.0
    for number in 0..<profiles {
      let profile = source.next(number)
      try vectors.write([(profile.content, 1), (profile.offers, 1), (profile.seeks, 1)])
      let start = Passes.now()
      builder.append(profile)
      seconds += Passes.now() - start
    }
    try vectors.close()
    let start = Passes.now()
    // What the builder held is gone when the memory is looked at.
    index = (consume builder).build()
    result = Result(profiles: profiles)
    result.buildSeconds = seconds + Passes.now() - start
    result.indexMemory = resident_memory()
    queries = (0..<Self.queryCount).map { $0 * 4_999 % profiles }
  }

  func run() throws -> Result {
    var result = result
    result.programme = search(index)
    let weights = FactorWeights(
      sharedNetworks: 0, content: 2, complementarity: 1, scale: 0, language: 0, mentoring: 0,
      themes: 0)
    let free = Rules(crossRegional: false, oneSideEuropean: false, allowPreviousPartners: true)
    let vectors = index.with(weights: weights, eligibility: Eligibility(rules: free))
    result.vectors = search(vectors)
    for name in ["avx512vnni", "avx2", "neon", "plain"] where vk_force_instruction_set(name) == 1 {
      var next = 0
      result.vectorsByInstructionSet[name] = Passes(count: 5, seconds: 1) {
        _ = vectors.topPartners(of: queries[next % queries.count], count: Self.best)
        next += 1
      }
    }
    vk_force_instruction_set(nil)
    try writeQueries(vectors)
    (result.cohortRow, result.cohortRowOfMany) = cohortRow()
    result.pair = pair()
    result.reassignment = try reassignment()
    result.readVectors = read(bytes: index.count * 3 * SyntheticProfiles.dimension)
    result.readHeads = read(bytes: index.count * 3 * 64)
    var products: UInt64 = 0
    let peak = Passes(count: 20, seconds: 0) {
      products = peak_products(vk_instruction_set(), 4_000_000)
    }
    result.peakProductsPerSecond = Double(products) / peak.fastest
    return result
  }

  /// Half of the participants were assigned before; the sizes hold a fifth more than
  /// an even spread, so that some must give way.
  private func reassignment() throws -> Double {
    var source = SyntheticProfiles(seed: Self.seed)
    let memberships = (0..<Self.cohort).map { source.next($0).memberships }
    let networks = 7
    var options = Reassignment.Options()
    for network in 0..<networks { options.sizes[network] = 0...Self.cohort / networks * 6 / 5 }
    let previous = (0..<Self.cohort).map {
      $0 % 2 == 0 ? Reassignment.Networks(primary: $0 / 2 % networks) : nil
    }
    let reassignment = Reassignment(networks: networks, options: options)
    var failure: (any Error)?
    let passes = Passes(count: 5, seconds: 1) {
      do { _ = try reassignment.assign(memberships, previous: previous) } catch { failure = error }
    }
    if let failure { throw failure }
    return passes.fastest / Double(Self.cohort)
  }

  private func search(_ index: PartnerIndex) -> Search {
    var next = 0
    let single = Passes(count: queries.count, seconds: 3) {
      _ = index.topPartners(of: queries[next % queries.count], count: Self.best)
      next += 1
    }
    let requests = queries.map { PartnerRequest(.row($0), count: Self.best) }
    var found: [[Suggestion]] = []
    let batch = Passes(count: 5, seconds: 3) { found = index.topPartners(requests) }
    return Search(single: single, batch: batch, recall: recall(found, index))
  }

  /// Beside all scores of a tenth of the queries.
  private func recall(_ found: [[Suggestion]], _ index: PartnerIndex) -> Double {
    var scores = [Int32](repeating: 0, count: index.count)
    var (hits, wanted) = (0, 0)
    for (query, suggestions) in zip(queries, found).prefix(Self.queryCount / 10) {
      index.scores(of: query, into: &scores)
      let worst = suggestions.last?.micros ?? 0
      var rows = scores.indices.filter { scores[$0] >= worst }
      rows.sort {
        scores[$0] != scores[$1] ? scores[$0] > scores[$1] : index.id(of: $0) < index.id(of: $1)
      }
      hits += zip(rows, suggestions).count { $0 == $1.row && scores[$0] == $1.micros }
      wanted += Self.best
    }
    return Double(hits) / Double(wanted)
  }

  /// The queries with their weights folded in, in the order in which their parts meet
  /// those of the candidates, and the rows of the best.
  private func writeQueries(_ vectors: PartnerIndex) throws {
    let file = try FloatFile(folder.appending(path: "queries.f32"))
    for query in queries {
      let profile = vectors.profile(query)
      try file.write([
        (profile.content, 2 / 3), (profile.seeks, 1 / 6), (profile.offers, 1 / 6),
      ])
    }
    try file.close()
    let best = vectors.topPartners(queries.map { PartnerRequest(.row($0), count: Self.best) })
    let rows = best.map { $0.map(\.row) }
    try JSONEncoder().encode(rows).write(to: folder.appending(path: "best.json"))
    try JSONEncoder().encode(queries).write(to: folder.appending(path: "rows.json"))
  }

  private func cohortRow() -> (single: Passes, together: Double) {
    var source = SyntheticProfiles(seed: Self.seed + 1)
    let cohort = PartnerIndex(
      profiles: (0..<Self.cohort).map { source.next($0) }, weights: index.weights,
      eligibility: Eligibility(
        rules: Rules(crossRegional: false, oneSideEuropean: false, allowPreviousPartners: true)))
    var scores = [Int32](repeating: 0, count: Self.cohort)
    var row = 0
    let single = Passes(count: 1000, seconds: 1) {
      cohort.scores(of: row % Self.cohort, into: &scores)
      row += 1
    }
    let rows = 0..<100
    var many = [Int32](repeating: 0, count: Self.cohort * rows.count)
    let together = Passes(count: 20, seconds: 1) { cohort.scores(of: rows, into: &many) }
    return (single, together.fastest / Double(rows.count))
  }

  private func pair() -> Double {
    var source = SyntheticProfiles(seed: Self.seed + 2)
    let profiles = (0..<100).map { source.next($0) }
    var sum = 0
    let passes = Passes(count: 5, seconds: 1) {
      for a in profiles {
        for b in profiles {
          sum += Int(PairScore(PairFactors(a, b), weights: index.weights).micros)
        }
      }
    }
    precondition(sum >= 0)
    return passes.fastest / Double(profiles.count * profiles.count)
  }

  private func read(bytes: Int) -> Passes {
    let words = [UInt64](repeating: 1, count: bytes / 8)
    return Passes(count: 5, seconds: 1) { precondition(peak_read(words, UInt64(words.count)) > 0) }
  }
}

/// Little-endian floats, written piece by piece.
private final class FloatFile {
  private let handle: FileHandle
  private var buffer: [UInt8] = []

  init(_ url: URL) throws {
    try Data().write(to: url)
    handle = try FileHandle(forWritingTo: url)
  }

  /// Vectors side by side, each times a factor; zeros for none.
  func write(_ vectors: [(QuantisedVector?, Float)]) throws {
    for (vector, factor) in vectors {
      let values = vector.map { vector in vector.values.map { Float($0) * vector.scale * factor } }
      let floats = values ?? Array(repeating: 0, count: SyntheticProfiles.dimension)
      floats.withUnsafeBytes { buffer.append(contentsOf: $0) }
    }
    if buffer.count > 1 << 20 { try flush() }
  }

  func close() throws {
    try flush()
    try handle.close()
  }

  private func flush() throws {
    try handle.write(contentsOf: buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}
