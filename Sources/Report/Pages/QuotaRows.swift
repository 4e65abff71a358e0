import Programme
import Results

/// Every quota of the programme and every other rule, with what was reached.
struct QuotaRows {
  let context: Context
  let cohort: CohortView

  var rows: [RangeBars.Row] {
    var rest = cohort.rules
    var rows: [RangeBars.Row] = []
    for quota in context.programme.quotas {
      guard let region = context.programme.region(id: quota.region) else { continue }
      let prefix = "quota of \(region.name): "
      let own = rest.filter { $0.name.hasPrefix(prefix) }
      rest.removeAll { $0.name.hasPrefix(prefix) }
      let name = context.names.region(region.id)
      // A region without participants has no rule, and the pairing may have left quotas
      // out: the target is what the programme says all the same.
      let whole = own.first { $0.name == "\(prefix)at most \(quota.regionalCities) pairs" }
      rows.append(
        RangeBars.Row(
          name: name,
          reached: whole?.reached
            ?? cohort.pairs.count { $0.left.region == region.id || $0.right.region == region.id },
          minimum: whole.map(\.minimum).flatMap { $0 > 0 ? $0 : nil }, maximum: whole?.maximum,
          target: quota.regionalCities))
      for rule in own where rule != whole {
        rows.append(row(rule, named: "\(name): \(part(rule.name))"))
      }
    }
    return rows + rest.map { row($0, named: $0.name) }
  }

  private func row(_ rule: CohortView.RuleView, named name: String) -> RangeBars.Row {
    RangeBars.Row(
      name: name, reached: rule.reached, minimum: rule.minimum > 0 ? rule.minimum : nil,
      maximum: rule.maximum)
  }

  /// Whom a rule within a quota is about.
  private func part(_ name: String) -> String {
    context.words(name.hasSuffix(" new") ? CohortKey.newcomers : CohortKey.alumni)
  }
}
