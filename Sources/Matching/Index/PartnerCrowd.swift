import CVectorKernels

/// The queries of one scan in memory as the C kernels read it.
///
/// What depends on the candidates' group (what they know, and their region) is
/// written anew by `prepare`; the rest stays.
final class PartnerCrowd {
  let count: Int
  let bounds: AlignedBuffer<vk_partner_bound>
  let vectors: AlignedBuffer<vk_partner_query>
  let ratings: AlignedBuffer<vk_partner_rating>
  /// For each query the most that its vectors can add, or -1 when no candidate of
  /// the group may be paired with it.
  let caps: AlignedBuffer<Float>
  private(set) var facts: vk_partner_crowd
  private let knowledge: [Knowledge]
  /// [query][region]: whether the rules allow candidates of the region.
  private let allowed: [Bool]
  private let regionCount: Int
  private let shareTable: PairShares
  /// [query][block]: what a step is worth.
  private let steps: [Float]
  private let heads: AlignedBuffer<Int8>
  private let tails: AlignedBuffer<Int8>
  private let roots: AlignedBuffer<Double>
  private let languages: AlignedBuffer<Double>
  private let shares: AlignedBuffer<Float>
  /// What `facts` points to: roots of memberships, populations, and the tables by code.
  private let floats: AlignedBuffer<Float>

  /// Above so many sets of languages a panel is taken to have any.
  private static let largestTable = 4096

  init(_ queries: [PartnerQuery], _ index: PartnerIndex, bounding: Bool) {
    count = queries.count
    knowledge = queries.map(\.knowledge)
    steps = queries.flatMap(\.scales)
    shareTable = index.shares
    let regions = index.columns.regionLabels.names.indices.map(index.columns.region)
    regionCount = regions.count
    allowed = queries.flatMap { query in regions.map { index.allows(query.region, $0) } }
    let panels = index.panels
    let (headSize, tailSize) = (
      PartnerPanels.blocks * panels.shape.head, PartnerPanels.blocks * panels.shape.tail
    )
    let (networks, sets) = (panels.networks, index.columns.languageSets.count)
    heads = AlignedBuffer(repeating: 0, count: count * headSize)
    tails = AlignedBuffer(repeating: 0, count: count * tailSize)
    roots = AlignedBuffer(repeating: 0, count: count * networks)
    languages = AlignedBuffer(repeating: 0, count: count * sets)
    bounds = AlignedBuffer(
      repeating: vk_partner_bound(
        head: heads.base, starts: (0, 0, 0), steps: (0, 0, 0), lengths: (0, 0, 0), need: 0),
      count: count)
    vectors = AlignedBuffer(
      repeating: vk_partner_query(
        head: heads.base, tail: tails.base, head_starts: (0, 0, 0), tail_starts: (0, 0, 0),
        lengths: (0, 0, 0)),
      count: count)
    ratings = AlignedBuffer(
      repeating: vk_partner_rating(
        known: 0, shares: (0, 0, 0, 0, 0, 0, 0), scales: (0, 0, 0), networks: networks,
        roots: roots.base, log_population: 0, languages: languages.base,
        mentoring: FactCodes.mentoringTable.base, themes: FactCodes.themesTable.base),
      count: count)
    caps = AlignedBuffer(repeating: -1, count: count)
    for (q, query) in queries.enumerated() {
      (heads.base + q * headSize).update(from: query.head, count: headSize)
      (tails.base + q * tailSize).update(from: query.tail, count: tailSize)
      (roots.base + q * networks).update(from: query.roots, count: networks)
      (languages.base + q * sets).update(from: query.languages, count: sets)
      bounds[q].head = UnsafePointer(heads.base + q * headSize)
      bounds[q].starts = (query.headStarts[0], query.headStarts[1], query.headStarts[2])
      vectors[q].head = bounds[q].head
      vectors[q].tail = UnsafePointer(tails.base + q * tailSize)
      vectors[q].head_starts = bounds[q].starts
      vectors[q].tail_starts = (query.tailStarts[0], query.tailStarts[1], query.tailStarts[2])
      bounds[q].lengths = (query.lengths[0], query.lengths[1], query.lengths[2])
      vectors[q].lengths = bounds[q].lengths
      ratings[q].scales = (
        Double(query.scales[0]), Double(query.scales[1]), Double(query.scales[2])
      )
      ratings[q].roots = UnsafePointer(roots.base + q * networks)
      ratings[q].log_population = query.logPopulation
      ratings[q].languages = UnsafePointer(languages.base + q * sets)
      ratings[q].mentoring += Int(query.mentoring) * FactCodes.mentoringCount
      ratings[q].themes += Int(query.themes) * FactCodes.themesCount
    }

    let stride = bounding ? (count + 15) / 16 * 16 : 0
    let tableRows = bounding && sets <= Self.largestTable ? sets : 0
    shares = AlignedBuffer(repeating: 0, count: 5 * stride)
    floats = AlignedBuffer(
      repeating: 0,
      count: stride * (networks + 1 + tableRows + FactCodes.mentoringCount + FactCodes.themesCount))
    let populations = floats.base + networks * stride
    let mentoring = populations + stride
    let themes = mentoring + FactCodes.mentoringCount * stride
    let languageTable = themes + FactCodes.themesCount * stride
    facts = vk_partner_crowd(
      stride: stride, networks: networks, roots: floats.base, log_populations: populations,
      shares: shares.base, languages: tableRows > 0 ? languageTable : nil, mentoring: mentoring,
      themes: themes)
    guard bounding else { return }
    for (q, query) in queries.enumerated() {
      for (network, value) in query.roots.enumerated() {
        floats.base[network * stride + q] = Float(value)
      }
      // Finite, so that nothing becomes NaN: the factor is 0 all the same.
      populations[q] = max(Float(query.logPopulation), -1e20)
      func fill(_ table: UnsafeMutablePointer<Float>, _ row: UnsafePointer<Double>, _ codes: Int) {
        for code in 0..<codes { table[code * stride + q] = Float(row[code]) }
      }
      fill(mentoring, ratings.base[q].mentoring, FactCodes.mentoringCount)
      fill(themes, ratings.base[q].themes, FactCodes.themesCount)
      fill(languageTable, ratings.base[q].languages, tableRows)
    }
  }

  /// Turns to the candidates of a group.
  ///
  /// - Returns: whether any query may be paired with them.
  func prepare(_ group: PartnerPanels.Group) -> Bool {
    let stride = facts.stride
    var anybody = false
    for q in 0..<count {
      guard allowed[q * regionCount + group.region] else {
        caps.base[q] = -1
        continue
      }
      anybody = true
      let known = shareTable.known(ofQuery: knowledge[q], group.knowledge)
      func share(_ factor: Int) -> Double { shareTable.share(factor, known) }
      ratings.base[q].known = known
      ratings.base[q].shares = (
        share(0), share(1), share(2), share(3), share(4), share(5), share(6)
      )
      let weights = (
        shareTable.blockWeight(0, known), shareTable.blockWeight(1, known),
        shareTable.blockWeight(2, known)
      )
      // A cosine of rounded vectors may be above 1 by as much as rounding does.
      caps.base[q] = (weights.0 + weights.1 + weights.2) * (1 + 1e-5)
      guard stride > 0 else { continue }
      let at = q * PartnerPanels.blocks
      bounds.base[q].steps = (
        weights.0 * steps[at], weights.1 * steps[at + 1], weights.2 * steps[at + 2]
      )
      shares.base[q] = Float(share(0))
      for factor in 3..<7 {
        shares.base[(factor - 2) * stride + q] = Float(share(factor))
      }
    }
    return anybody
  }
}
