import Foundation
public import Programme

extension PartnerIndex {
  /// The best partners of a participant: by score, then by the smaller id in the
  /// order of Unicode scalars; only those that the rules and the filter allow.
  ///
  /// - Complexity: O(profiles) at worst. With a million profiles most are ruled out
  ///   by the first half of their vectors, or with a whole panel of 32.
  public func topPartners(
    of profile: Profile, count: Int, filter: PartnerFilter = PartnerFilter()
  ) -> [Suggestion] {
    topPartners([PartnerRequest(.profile(profile), count: count, filter: filter)])[0]
  }

  /// The best partners of the participant of a row.
  public func topPartners(
    of row: Int, count: Int, filter: PartnerFilter = PartnerFilter()
  ) -> [Suggestion] {
    topPartners([PartnerRequest(.row(row), count: count, filter: filter)])[0]
  }

  /// Answers many requests in one go through the profiles, each as if alone.
  public func topPartners(_ requests: [PartnerRequest]) -> [[Suggestion]] {
    var results: [[Suggestion]] = []
    results.reserveCapacity(requests.count)
    for start in stride(from: 0, to: requests.count, by: Self.batch) {
      results += answer(requests[start..<min(requests.count, start + Self.batch)])
    }
    return results
  }

  /// The scores of the participant of a row with everyone, in millionths by rows;
  /// -1 for those that it may not be paired with.
  ///
  /// - Parameter scores: one place for each profile.
  /// - Complexity: O(profiles).
  public func scores(of row: Int, into scores: inout [Int32]) {
    self.scores(of: row..<row + 1, into: &scores)
  }

  /// The scores of the participants of some rows with everyone: for each of them,
  /// one after the other, what `scores(of:into:)` gives. Several at once are faster,
  /// because what is read of a candidate serves them all.
  ///
  /// - Parameter scores: one place for each of `rows` and each profile.
  public func scores(of rows: Range<Int>, into scores: inout [Int32]) {
    precondition(scores.count == rows.count * count, "one place for each pair")
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.batch) {
      let queries = (start..<min(rows.upperBound, start + Self.batch)).map {
        PartnerQuery(row: $0, in: self)
      }
      let first = (start - rows.lowerBound) * count
      scores.withUnsafeMutableBufferPointer {
        PartnerScan(queries, self, bounding: false).scores(
          into: UnsafeMutableBufferPointer(rebasing: $0[first..<first + queries.count * count]))
      }
      for (q, query) in queries.enumerated() {
        for other in query.forbidden { scores[first + q * count + Int(other)] = -1 }
      }
    }
  }

  /// Queries that go together: so many that the time is spent computing, so few that
  /// they stay in the second-level cache.
  private static let batch = 240

  private func answer(_ requests: ArraySlice<PartnerRequest>) -> [[Suggestion]] {
    var queries: [PartnerQuery] = []
    var best: [BestPartners] = []
    var forbidden: [Set<UInt32>] = []
    var filters: [[UInt32]?] = []
    for request in requests {
      let query =
        switch request.participant {
        case .profile(let profile): PartnerQuery(profile, in: self)
        case .row(let row): PartnerQuery(row: row, in: self)
        }
      precondition(request.count >= 0, "a number of partners")
      let isEmpty = !isAsked(query, request.filter)
      best.append(BestPartners(limit: isEmpty ? 0 : min(request.count, count)))
      forbidden.append(
        request.filter.excludedIDs.reduce(into: query.forbidden) { $0.formUnion(rows(of: $1)) })
      filters.append(isEmpty ? nil : lanes(request.filter))
      queries.append(query)
    }
    PartnerScan(queries, self, bounding: true).run(
      &best, forbidden: forbidden, filters: filters)
    return best.map {
      $0.sorted().map { micros, rank in
        let row = Int(rowsByID[Int(rank)])
        return Suggestion(row: row, id: id(of: row), micros: micros)
      }
    }
  }

  /// Whether the participant itself is of the network that is asked for.
  private func isAsked(_ query: PartnerQuery, _ filter: PartnerFilter) -> Bool {
    guard let wanted = filter.network else { return true }
    return query.knowledge.contains(.memberships)
      && query.memberships.indices.contains(wanted.network)
      && query.memberships[wanted.network] >= wanted.atLeast
  }

  /// For each panel the candidates that a filter leaves; nil for all.
  private func lanes(_ filter: PartnerFilter) -> [UInt32]? {
    guard filter.network != nil || filter.countries != nil else { return nil }
    let countries = filter.countries.map { wanted in
      columns.countryLabels.names.map(wanted.contains)
    }
    var lanes = [UInt32](repeating: 0, count: panels.panelCount)
    for (position, row) in panels.rows.enumerated() {
      let row = Int(row)
      if let countries, !countries[Int(columns.countries[row])] { continue }
      let (panel, lane) = (position / PartnerPanels.lanes, position % PartnerPanels.lanes)
      if let wanted = filter.network {
        let at = (panel * panels.networks + wanted.network) * PartnerPanels.lanes + lane
        guard columns.knowledge[row].contains(.memberships),
          panels.memberships[at] >= wanted.atLeast
        else { continue }
      }
      lanes[panel] |= 1 << UInt32(lane)
    }
    return lanes
  }
}
