import CVectorKernels
import Programme

/// Goes through the panels of an index for some queries at once.
///
/// For each panel and query there are three steps, each for those that the one
/// before could not rule out:
///
/// 1. A bound of what facts add, from the panel's summary, with vectors taken to
///    agree as well as they can.
/// 2. For each candidate that bound and one of its vectors: with head and tail of a
///    unit vector, x·y = head(x)·head(y) + tail(x)·tail(y), and by Cauchy and
///    Schwarz the second is at most |tail(x)|·|tail(y)|.
/// 3. The score itself.
///
/// A candidate is ruled out when its bound is below the query's worst so far; the
/// rounding of the bounds, all in float, is made up for by `slack`.
struct PartnerScan {
  private let index: PartnerIndex
  private let crowd: PartnerCrowd
  private let panels: PartnerPanels
  /// More than rounding can take from a bound. It is a sum of at most 8 products of
  /// values up to 1 (logarithms of populations: up to 20), each the result of at
  /// most 8 + 3 · networks operations with an error of 2^-24 each.
  private let slack: Float

  init(_ queries: [PartnerQuery], _ index: PartnerIndex, bounding: Bool) {
    self.index = index
    panels = index.panels
    crowd = PartnerCrowd(queries, index, bounding: bounding)
    slack = Float(40 + 4 * index.panels.networks) / Float(1 << 22)
  }

  /// The scores of each query with all candidates, [query][row]; -1 where the rules
  /// forbid the pair because of regions.
  func scores(into scores: UnsafeMutableBufferPointer<Int32>) {
    let micros = AlignedBuffer<Int32>(repeating: 0, count: PartnerPanels.lanes)
    for group in panels.groups {
      let isAllowed = crowd.prepare(group)
      Self.forEachPanel(of: group) { panel, lanes in
        for q in 0..<crowd.count {
          let isRated = isAllowed && crowd.caps.base[q] >= 0
          if isRated { _ = rate(q, panel: panel, lanes: lanes, least: 0, into: micros.base) }
          var rest = lanes
          while rest != 0 {
            let lane = rest.trailingZeroBitCount
            rest &= rest - 1
            let row = Int(panels.rows[panel * PartnerPanels.lanes + lane])
            scores[q * panels.count + row] = isRated ? micros.base[lane] : -1
          }
        }
      }
    }
  }

  /// Offers candidates to the best of each query until no other can be among them.
  ///
  /// - Parameter filters: for each query and panel the candidates asked for.
  func run(
    _ best: inout [BestPartners], forbidden: [Set<UInt32>], filters: [[UInt32]?]
  ) {
    let count = crowd.count
    let stride = crowd.facts.stride
    let thresholds = AlignedBuffer(repeating: -Float.infinity, count: count)
    for q in 0..<count where best[q].limit == 0 { thresholds[q] = .infinity }
    let added = AlignedBuffer<Float>(repeating: 0, count: stride)
    let list = AlignedBuffer<UInt32>(repeating: 0, count: count)
    let lanes = AlignedBuffer<UInt32>(repeating: 0, count: count)
    let micros = AlignedBuffer<Int32>(repeating: 0, count: PartnerPanels.lanes)
    for group in panels.groups where crowd.prepare(group) {
      Self.forEachPanel(of: group) { panel, present in
        let listed = shortlist(panel, thresholds, added, list)
        guard listed > 0 else { return }
        bounds(panel, list, listed, lanes)
        for place in 0..<listed {
          let q = Int(list.base[place])
          var candidates = lanes.base[place] & present
          if let filter = filters[q] { candidates &= filter[panel] }
          guard candidates != 0 else { continue }
          candidates = rate(
            q, panel: panel, lanes: candidates, least: best[q].worst ?? 0, into: micros.base)
          guard candidates != 0 else { continue }
          offer(candidates, panel, micros.base, to: &best[q], forbidden[q])
          thresholds.base[q] = threshold(best[q])
        }
      }
    }
  }

  /// Step 1: writes down the queries that the panel may have something for, with
  /// what its vectors must add.
  private func shortlist(
    _ panel: Int, _ thresholds: AlignedBuffer<Float>, _ added: AlignedBuffer<Float>,
    _ list: AlignedBuffer<UInt32>
  ) -> Int {
    var facts = crowd.facts
    vk_partner_fact_bounds(
      &facts, panels.summaries.base + panel,
      panels.largestRoots.base + panel * panels.networks, added.base)
    var listed = 0
    for q in 0..<crowd.count {
      let need = thresholds.base[q] - added.base[q]
      let cap = crowd.caps.base[q]
      if cap >= 0, need <= cap {
        crowd.bounds.base[q].need = need
        list.base[listed] = UInt32(q)
        listed += 1
      }
    }
    return listed
  }

  /// Step 2.
  private func bounds(
    _ panel: Int, _ list: AlignedBuffer<UInt32>, _ listed: Int, _ lanes: AlignedBuffer<UInt32>
  ) {
    var shape = panels.shape
    var candidates = self.panel(panel)
    vk_partner_bounds(
      &shape, &candidates, crowd.bounds.base, list.base, listed, lanes.base)
  }

  /// Step 3: those of the candidates in `lanes` that score at least `least`, with
  /// their scores.
  private func rate(
    _ q: Int, panel: Int, lanes: UInt32, least: Int32, into micros: UnsafeMutablePointer<Int32>
  ) -> UInt32 {
    var shape = panels.shape
    var candidates = self.panel(panel)
    let position = panel * PartnerPanels.lanes
    var facts = vk_partner_facts(
      roots: panels.roots.base + position * panels.networks,
      log_populations: panels.logPopulations.base + position,
      languages: panels.languages.base + position, mentoring: panels.mentoring.base + position,
      themes: panels.themes.base + position)
    return vk_partner_rate(
      &shape, &candidates, crowd.vectors.base + q, crowd.ratings.base + q, &facts, lanes, least,
      micros)
  }

  private func offer(
    _ candidates: UInt32, _ panel: Int, _ micros: UnsafePointer<Int32>,
    to best: inout BestPartners, _ forbidden: Set<UInt32>
  ) {
    var rest = candidates
    while rest != 0 {
      let lane = rest.trailingZeroBitCount
      rest &= rest - 1
      let row = panels.rows[panel * PartnerPanels.lanes + lane]
      if !forbidden.contains(row) {
        best.offer(micros: micros[lane], rank: index.ranks[Int(row)])
      }
    }
  }

  /// What a bound must reach: half a millionth below the worst, because scores are
  /// rounded to millionths.
  private func threshold(_ best: BestPartners) -> Float {
    guard let worst = best.worst else { return -.infinity }
    return Float((Double(worst) - 0.5) / 1e6) - slack
  }

  private func panel(_ panel: Int) -> vk_partner_panel {
    let position = panel * PartnerPanels.lanes
    let blocks = PartnerPanels.blocks
    return vk_partner_panel(
      head: panels.heads.base + position * blocks * panels.shape.head,
      tail: panels.tails.base + position * blocks * panels.shape.tail,
      scales: panels.scales.base + position * blocks,
      lengths: panels.lengths.base + position * blocks)
  }

  /// The panels that a group has a part of, with that part.
  private static func forEachPanel(
    of group: PartnerPanels.Group, _ body: (_ panel: Int, _ lanes: UInt32) -> Void
  ) {
    let positions = group.positions
    let last = (positions.upperBound - 1) / PartnerPanels.lanes
    for panel in positions.lowerBound / PartnerPanels.lanes...last {
      let start = panel * PartnerPanels.lanes
      let from = UInt32(max(0, positions.lowerBound - start))
      let to = UInt32(min(PartnerPanels.lanes, positions.upperBound - start))
      body(panel, (UInt32.max << from) & (UInt32.max >> (32 - to)))
    }
  }
}
