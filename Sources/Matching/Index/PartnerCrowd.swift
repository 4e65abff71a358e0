import CVectorKernels

/// The queries of one scan in memory as the C kernels read it.
///
/// What depends on the candidates' group (what they know, and their region) is
/// written anew by `prepare`; the rest stays.
final class PartnerCrowd {
  let count: Int
  let bounds: AlignedBuffer<vk_partner_bound>
  let ratings: AlignedBuffer<vk_partner_rating>
  /// For each query the most that its vectors can add, or -1 when no candidate of
  /// the group may be paired with it.
  let caps: AlignedBuffer<Float>
  private(set) var facts: vk_partner_crowd
  private let queries: [PartnerQuery]
  private let index: PartnerIndex
  private let heads: AlignedBuffer<Int8>
  private let tails: AlignedBuffer<Int8>
  private let memberships: AlignedBuffer<Double>
  private let languages: AlignedBuffer<Double>
  private let shares: AlignedBuffer<Float>
  /// What `facts` points to: memberships, populations, and the tables by code.
  private let floats: AlignedBuffer<Float>

  /// Above so many sets of languages a panel is taken to have any.
  private static let largestTable = 4096

  init(_ queries: [PartnerQuery], _ index: PartnerIndex, bounding: Bool) {
    self.queries = queries
    self.index = index
    count = queries.count
    let panels = index.panels
    let (headSize, tailSize) = (
      PartnerPanels.blocks * panels.shape.head, PartnerPanels.blocks * panels.shape.tail
    )
    let (networks, sets) = (panels.networks, index.columns.languageSets.count)
    heads = AlignedBuffer(repeating: 0, count: count * headSize)
    tails = AlignedBuffer(repeating: 0, count: count * tailSize)
    memberships = AlignedBuffer(repeating: 0, count: count * networks)
    languages = AlignedBuffer(repeating: 0, count: count * sets)
    bounds = AlignedBuffer(
      repeating: vk_partner_bound(
        head: heads.base, starts: (0, 0, 0), steps: (0, 0, 0), lengths: (0, 0, 0), need: 0),
      count: count)
    ratings = AlignedBuffer(
      repeating: vk_partner_rating(
        known: 0, shares: (0, 0, 0, 0, 0, 0, 0), scales: (0, 0, 0), networks: networks,
        memberships: memberships.base, log_population: 0, languages: languages.base,
        mentoring: FactCodes.mentoringTable.base, themes: FactCodes.themesTable.base),
      count: count)
    caps = AlignedBuffer(repeating: -1, count: count)
    for (q, query) in queries.enumerated() {
      (heads.base + q * headSize).update(from: query.head, count: headSize)
      (tails.base + q * tailSize).update(from: query.tail, count: tailSize)
      (memberships.base + q * networks).update(from: query.memberships, count: networks)
      (languages.base + q * sets).update(from: query.languages, count: sets)
      bounds[q].head = UnsafePointer(heads.base + q * headSize)
      bounds[q].starts = (query.starts[0], query.starts[1], query.starts[2])
      ratings[q].scales = (
        Double(query.scales[0]), Double(query.scales[1]), Double(query.scales[2])
      )
      ratings[q].memberships = UnsafePointer(memberships.base + q * networks)
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
      stride: stride, networks: networks, memberships: floats.base, log_populations: populations,
      shares: shares.base, languages: tableRows > 0 ? languageTable : nil, mentoring: mentoring,
      themes: themes)
    guard bounding else { return }
    for (q, query) in queries.enumerated() {
      for (network, value) in query.memberships.enumerated() {
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

  /// The query's tails, for `vk_partner_dots`.
  func tail(_ q: Int) -> UnsafePointer<Int8> {
    UnsafePointer(tails.base + q * PartnerPanels.blocks * index.panels.shape.tail)
  }

  /// Turns to the candidates of a group.
  ///
  /// - Returns: whether any query may be paired with them.
  func prepare(_ group: PartnerPanels.Group) -> Bool {
    let region = index.columns.region(group.region)
    let stride = facts.stride
    var anybody = false
    for (q, query) in queries.enumerated() {
      guard index.allows(query.region, region) else {
        caps[q] = -1
        continue
      }
      anybody = true
      let known = index.shares.known(ofQuery: query.knowledge, group.knowledge)
      let shares = index.shares[known]
      ratings[q].known = known
      ratings[q].shares = (
        shares[0], shares[1], shares[2], shares[3], shares[4], shares[5], shares[6]
      )
      let weights = index.shares.blockWeights(known).map { Float($0) }
      // A cosine of rounded vectors may be above 1 by as much as rounding does.
      caps[q] = (weights[0] + weights[1] + weights[2]) * (1 + 1e-5)
      let (s, l) = (query.scales, query.lengths)
      bounds[q].steps = (weights[0] * s[0], weights[1] * s[1], weights[2] * s[2])
      bounds[q].lengths = (weights[0] * l[0], weights[1] * l[1], weights[2] * l[2])
      guard stride > 0 else { continue }
      for (place, factor) in [0, 3, 4, 5, 6].enumerated() {
        self.shares.base[place * stride + q] = Float(shares[factor])
      }
    }
    return anybody
  }
}
