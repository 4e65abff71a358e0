import CVectorKernels
import Programme

/// A participant as the scan of an index compares it with candidates.
struct PartnerQuery {
  /// [block][head] and [block][tail], blocks in the order content, seeks, offers.
  var head: [Int8]
  var tail: [Int8]
  /// For each block: -128 · the sums of its head and tail, what a step is worth, and
  /// at least the length of the tail in steps.
  var headStarts: [Int32]
  var tailStarts: [Int32]
  var scales: [Float]
  var lengths: [Float]
  var memberships: [Double]
  /// `PairFactors.roots` of the memberships.
  var roots: [Double]
  var logPopulation: Double
  var knowledge: Knowledge
  var region: (id: String, isEuropean: Bool)
  /// The factor by the candidate's set of languages.
  var languages: [Double]
  var mentoring: UInt8
  var themes: UInt8
  /// Rows that it may not be paired with, whatever they know.
  var forbidden: Set<UInt32>

  init(_ profile: Profile, in index: PartnerIndex) {
    let panels = index.panels
    let vectors = [profile.content, profile.seeks, profile.offers]
    self.init(
      vectors: vectors.map { $0?.values }, scales: vectors.map { $0?.scale ?? 0 }, panels.shape,
      dimension: panels.dimension)
    memberships = Array((profile.memberships ?? []).prefix(panels.networks))
    memberships += Array(repeating: 0, count: panels.networks - memberships.count)
    roots = Array(PairFactors.roots(profile.memberships ?? []).prefix(panels.networks))
    roots += Array(repeating: 0, count: panels.networks - roots.count)
    logPopulation = FactCodes.logPopulation(profile.facts.population ?? 1, ofQuery: true)
    knowledge = Knowledge(profile)
    region = (profile.facts.region, profile.facts.isEuropean)
    languages = index.columns.languageSets.factors(with: profile.facts.languages)
    mentoring = FactCodes.mentoring(profile.facts)
    themes = FactCodes.themes(profile.facts)
    forbidden = index.forbidden(id: profile.id, previousPartners: profile.facts.previousPartners)
  }

  init(row: Int, in index: PartnerIndex) {
    let (panels, columns) = (index.panels, index.columns)
    let position = Int(panels.positions[row])
    let knowledge = columns.knowledge[row]
    let order = [(0, Knowledge.content), (2, .seeks), (1, .offers)]
    self.init(
      vectors: order.map { block, bit in
        knowledge.contains(bit) ? panels.vector(position, block: block) : nil
      }, scales: order.map { panels.scale(position, block: $0.0) }, panels.shape,
      dimension: panels.dimension)
    memberships = panels.memberships(position)
    roots = PairFactors.roots(memberships)
    logPopulation = FactCodes.logPopulation(
      knowledge.contains(.population) ? columns.populations[row] : 1, ofQuery: true)
    self.knowledge = knowledge
    region = columns.region(Int(columns.regions[row]))
    let set = Int(columns.languages[row])
    languages = columns.languageSets.factors(
      with: knowledge.contains(.languages) ? columns.languageSets.sets[set] : nil)
    mentoring = columns.mentoring[row]
    themes = columns.themes[row]
    forbidden = index.forbidden(
      id: columns.ids[row], previousPartners: columns.previousPartners[UInt32(row)] ?? [])
  }

  private init(
    vectors: [[Int8]?], scales: [Float], _ shape: vk_partner_shape, dimension: Int
  ) {
    self.scales = scales
    head = Array(repeating: 0, count: PartnerPanels.blocks * shape.head)
    tail = Array(repeating: 0, count: PartnerPanels.blocks * shape.tail)
    headStarts = Array(repeating: 0, count: PartnerPanels.blocks)
    tailStarts = Array(repeating: 0, count: PartnerPanels.blocks)
    lengths = Array(repeating: 0, count: PartnerPanels.blocks)
    for (block, vector) in vectors.enumerated() {
      // Nothing to compare with in an index without vectors.
      guard let vector, dimension > 0 else { continue }
      precondition(vector.count == dimension, "vectors of one space have one length")
      var (sum, tailSum, squares) = (0, 0, 0)
      for (k, value) in vector.prefix(shape.head).enumerated() {
        head[block * shape.head + k] = value
        sum += Int(value)
      }
      headStarts[block] = Int32(-128 * sum)
      for (k, value) in vector.dropFirst(shape.head).enumerated() {
        tail[block * shape.tail + k] = value
        tailSum += Int(value)
        squares += Int(value) * Int(value)
      }
      tailStarts[block] = Int32(-128 * tailSum)
      lengths[block] = PartnerPanels.length(squares: Int64(squares))
    }
    memberships = []
    roots = []
    logPopulation = 0
    knowledge = []
    region = ("", false)
    languages = []
    mentoring = 0
    themes = 0
    forbidden = []
  }
}
