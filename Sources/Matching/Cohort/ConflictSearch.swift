/// Which of the constraints cannot hold together: a smallest set in the sense that
/// none of it could be left out (U. Junker, QuickXplain, AAAI 2004).
struct ConflictSearch {
  private let cohort: IndexedCohort
  private let scores: any ScoreSource
  private let run: CohortRun

  /// - Parameter cohort: one whose constraints cannot all hold.
  init(_ cohort: IndexedCohort, _ scores: any ScoreSource, _ run: CohortRun) {
    self.cohort = cohort
    self.scores = scores
    self.run = run
  }

  /// When the run is stopped, what is known to conflict by then is given.
  func solve() throws(CohortError) -> CohortConflict {
    run.report(.conflict)
    // The proof that nothing keeps the rules needs only those with a price.
    let outcome = try search(cohort, enough: 0)
    guard !run.isStopped else {
      return CohortConflict(constraints: cohort.constraints.map(\.constraint), isSmallest: false)
    }
    let suspects = constraints(pricedIn: outcome.leaves)
    do {
      let smallest = try smallest(of: suspects[...], kept: [], changed: false)
      return CohortConflict(constraints: smallest, isSmallest: true)
    } catch {
      guard case .stopped = error else { throw error }
      return CohortConflict(constraints: suspects, isSmallest: false)
    }
  }

  /// Of `open`, a smallest part that conflicts together with `kept`.
  /// - Parameter changed: whether `kept` grew since it was last known to hold.
  private func smallest(
    of open: ArraySlice<CohortConstraint>, kept: [CohortConstraint], changed: Bool
  ) throws(CohortError) -> [CohortConstraint] {
    if changed, !(try holds(kept)) { return [] }
    guard open.count > 1 else { return Array(open) }
    let middle = open.startIndex + open.count / 2
    let (one, two) = (open[..<middle], open[middle...])
    let second = try smallest(of: two, kept: kept + one, changed: true)
    let first = try smallest(of: one, kept: kept + second, changed: !second.isEmpty)
    return first + second
  }

  private func holds(_ constraints: [CohortConstraint]) throws(CohortError) -> Bool {
    let outcome = try search(cohort.keeping(constraints), enough: 0)
    guard !run.isStopped else { throw .stopped }
    return outcome.pairs != nil
  }

  private func search(
    _ cohort: IndexedCohort, enough: Int64
  ) throws(CohortError) -> PairingSearch.Outcome {
    let tree = BoundTree(cohort)
    let weighing = Weighing(nil, cohort: cohort, crosses: !tree.crossing.isEmpty)
    var search = try PairingSearch(
      cohort, weighing, tree, ScoreRows(scores, cohort), run,
      order: Array(cohort.left.indices))
    return search.solve(enough: enough)
  }

  private func constraints(pricedIn leaves: [PairingSearch.Leaf]) -> [CohortConstraint] {
    var high = (left: Set<Int>(), right: Set<Int>(), rules: Set<Int>())
    var low = high
    for leaf in leaves {
      for (index, price) in leaf.duals.left.enumerated() where price != 0 {
        if price > 0 { high.left.insert(index) } else { low.left.insert(index) }
      }
      for (index, price) in leaf.duals.right.enumerated() where price != 0 {
        if price > 0 { high.right.insert(index) } else { low.right.insert(index) }
      }
      for (index, price) in leaf.duals.rules.enumerated() where price != 0 {
        if price > 0 { high.rules.insert(index) } else { low.rules.insert(index) }
      }
    }
    return cohort.constraints.filter {
      switch $0.place {
      case .pair: true
      case .minimum(.left, let index): low.left.contains(index)
      case .minimum(.right, let index): low.right.contains(index)
      case .minimum(.rule, let index): low.rules.contains(index)
      case .maximum(.left, let index): high.left.contains(index)
      case .maximum(.right, let index): high.right.contains(index)
      case .maximum(.rule, let index): high.rules.contains(index)
      }
    }.map(\.constraint)
  }
}

extension IndexedCohort {
  enum Place {
    enum Kind { case left, right, rule }
    case pair
    case minimum(Kind, Int)
    case maximum(Kind, Int)
  }

  /// Everything that a pairing must keep.
  var constraints: [(place: Place, constraint: CohortConstraint)] {
    var result: [(place: Place, constraint: CohortConstraint)] = []
    result += pinned.map { (.pair, .pinned(pair($0))) }
    for (index, rule) in rules.enumerated() {
      if rule.bounds.minimum > 0 {
        result.append((.minimum(.rule, index), .ruleMinimum(rule.name, rule.bounds.minimum)))
      }
      if rule.bounds.maximum < .max {
        result.append((.maximum(.rule, index), .ruleMaximum(rule.name, rule.bounds.maximum)))
      }
    }
    for (kind, ids, bounds) in [
      (Place.Kind.left, leftIDs, left), (Place.Kind.right, rightIDs, right),
    ] {
      for (index, one) in bounds.enumerated() where one.minimum > 0 {
        result.append((.minimum(kind, index), .participantMinimum(ids[index], one.minimum)))
      }
    }
    result += forbidden.map { (.pair, .forbidden(pair($0))) }
    for (kind, ids, bounds, others) in [
      (Place.Kind.left, leftIDs, left, right.count),
      (Place.Kind.right, rightIDs, right, left.count),
    ] {
      for (index, one) in bounds.enumerated() where one.maximum < others {
        result.append((.maximum(kind, index), .capacity(ids[index], one.maximum)))
      }
    }
    return result
  }

  /// The same participants and pairs under these constraints alone.
  func keeping(_ kept: [CohortConstraint]) -> IndexedCohort {
    let kept = Set(kept)
    var result = self
    result.pinned = pinned.filter { kept.contains(.pinned(pair($0))) }
    result.forbidden = forbidden.filter { kept.contains(.forbidden(pair($0))) }
    for index in left.indices { result.left[index] = Bounds(minimum: 0, maximum: right.count) }
    for index in right.indices { result.right[index] = Bounds(minimum: 0, maximum: left.count) }
    for index in rules.indices { result.rules[index].bounds = Bounds(minimum: 0, maximum: .max) }
    for (place, constraint) in constraints where kept.contains(constraint) {
      switch place {
      case .pair: break
      case .minimum(.left, let index): result.left[index].minimum = left[index].minimum
      case .minimum(.right, let index): result.right[index].minimum = right[index].minimum
      case .minimum(.rule, let index):
        result.rules[index].bounds.minimum = rules[index].bounds.minimum
      case .maximum(.left, let index): result.left[index].maximum = left[index].maximum
      case .maximum(.right, let index): result.right[index].maximum = right[index].maximum
      case .maximum(.rule, let index):
        result.rules[index].bounds.maximum = rules[index].bounds.maximum
      }
    }
    return result
  }
}
