import MatchmakingService
import Programme
import Results

/// A paired cohort for a person to read.
struct CohortText {
  let text: String

  init(_ view: CohortView, _ programme: ProgrammeDefinition, _ console: Console) {
    var pairs = Table(["Europe", "partner", "score", "because"], [.left, .left, .right, .left])
    for pair in view.pairs.sorted(by: { ($1.score, $0.left.id) < ($0.score, $1.left.id) }) {
      let reasons = pair.factors.sorted { $0.contribution > $1.contribution }.prefix(2)
        .filter { $0.contribution > 0.005 }
        .map { "\(SuggestionsText.name($0.factor)) \(figure($0.contribution))" }
      let shared = pair.sharedNetworks.prefix(2).map(\.network).joined(separator: " ")
      pairs.add([
        Self.short(pair.left), Self.short(pair.right),
        figure(pair.score) + (pair.isPinned ? " pinned" : ""),
        ([shared].filter { !$0.isEmpty } + reasons).joined(separator: ", "),
      ])
    }
    var figures = Table(
      ["objective", "pairs", "sum of scores", "lowest score", "would rather swap"],
      [.left, .right, .right, .right, .right])
    for row in view.figures {
      figures.add([
        row.objective.rawValue + (row.objective == view.objective ? " (this)" : ""),
        "\(row.pairs)", figure(row.total), row.worst.map(figure) ?? "–", "\(row.blockingPairs)",
      ])
    }
    var lines = [
      console.bold(
        "\(view.pairs.count) \(view.pairs.count == 1 ? "pair" : "pairs"), objective \(view.objective.rawValue)"
      ), "",
      pairs.text, "", figures.text,
    ]
    if !view.rules.isEmpty {
      var rules = Table(["rule", "reached"], [.left, .right])
      for rule in view.rules { rules.add([rule.name.harmless, "\(rule.reached)"]) }
      lines += ["", rules.text]
    }
    lines += Self.unpaired(view, console)
    lines += ["", Self.verdict(view)]
    text = lines.joined(separator: "\n")
  }

  private static func short(_ ref: ParticipantRef) -> String {
    let whole = ref.name.harmless
    let name = whole.count > 34 ? whole.prefix(33) + "…" : whole
    return "\(name) (\(ref.country))"
  }

  /// Those with one reason stand together, the largest group first.
  private static func unpaired(_ view: CohortView, _ console: Console) -> [String] {
    let left = view.unpaired.filter { $0.pairs == 0 }
    guard !left.isEmpty else { return [] }
    var lines = ["", console.bold("\(left.count) without a partner")]
    let groups = Dictionary(grouping: left, by: \.reason)
    for (reason, members) in groups.sorted(by: {
      ($1.value.count, $0.key) < ($0.value.count, $1.key)
    }) {
      let names = members.map { "\($0.participant.name.harmless) (\($0.participant.country))" }
      let text = "\(names.joined(separator: ", ")): \(reason.harmless)"
      let wrapped = text.wrapped(width: max(60, console.width - 6), indent: "    ")
      lines.append("  - " + wrapped.dropFirst(4))
    }
    return lines
  }

  private static func verdict(_ view: CohortView) -> String {
    let check =
      view.isVerified
      ? "An independent check of every rule and of the certificate found nothing wrong."
      : "THE INDEPENDENT CHECK FAILED: \(view.faults.joined(separator: "; "))."
    if view.isOptimal {
      return
        (view.objective == .stable
        ? "No two participants would both rather have each other under these rules. "
        : "No better pairing exists under these rules; the certificate proves it. ") + check
    }
    let gap = view.gap.map { " It may fall short of the best by at most \(figure($0))." } ?? ""
    return "The search was stopped; this is the best pairing found.\(gap) \(check)"
  }
}
