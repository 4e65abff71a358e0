import Programme
import Results

/// Who moves from which network to which, and why; and how full networks are then.
struct ReassignmentPage {
  /// More moves than these are in the JSON result only.
  static let mostMoves = 1_000

  let context: Context
  let view: ReassignmentView

  private var words: Words { context.words }
  private var formats: Formats { context.formats }

  var node: Node {
    group {
      heading
      tag("div", .class("pair-of-charts")) {
        FlowChart(context: context, view: view).figure.node(words)
        sizes
      }
      moves
      others("new", ReassignmentKey.newcomers)
      others("unassigned", ReassignmentKey.unassigned)
    }
  }

  private func rows(_ change: String) -> [ReassignmentRow] {
    view.rows.filter { $0.change == change }
  }

  private var heading: Node {
    tag("header", .class("page-head")) {
      tag("h1") {
        words.count(.moves, rows("moved").count, formats.whole(view.rows.count))
      }
      tag("p", .class("lead")) {
        tag(
          "span", .class(view.isProvenOptimal ? "verdict good" : "verdict bad"),
          Attribute("data-verdict", view.isProvenOptimal ? "verified" : "failed")
        ) {
          (view.isProvenOptimal ? "✓ " : "✗ ")
            + words(view.isProvenOptimal ? ReassignmentKey.proven : ReassignmentKey.notProven)
        }
        " "
        words(
          ReassignmentKey.cost, formats.number(view.moveCost, decimals: 2),
          formats.score(view.total))
        if view.isDryRun { " " + words(ReassignmentKey.dryRun) }
      }
    }
  }

  private var sizes: Node {
    let bars = RangeBars(
      rows: view.networks.map { network in
        RangeBars.Row(
          name: "\(network.network) \(context.names.shortNetwork(network.network))",
          colour: Palette.className(of: network.network), reached: network.now,
          minimum: network.minimum, maximum: network.maximum, before: network.before)
      }, words: words)
    let figure = Figure(
      anchor: Anchor("sizes"), title: words(ReassignmentKey.sizesTitle),
      description: bars.description, width: RangeBars.width, height: bars.height,
      drawing: bars.drawing, table: bars.table,
      note: [
        tag("p", .class("note")) { words(ReassignmentKey.sizesNote) }
      ])
    return figure.node(words)
  }

  // MARK: - Moves

  private var moves: Node {
    let moved = rows("moved")
    return tag("section", .id("moves"), .class("block")) {
      tag("h2") { words(ReassignmentKey.movesTitle) }
      if moved.isEmpty { tag("p") { words(ReassignmentKey.nobodyMoves) } }
      for row in moved.prefix(Self.mostMoves) { move(row) }
      if moved.count > Self.mostMoves {
        tag("p", .class("note")) {
          words(
            ReassignmentKey.movesLeftOut, formats.whole(Self.mostMoves),
            formats.whole(moved.count))
        }
      }
    }
  }

  private func move(_ row: ReassignmentRow) -> Node {
    tag("article", .class("move"), Attribute("data-participant", row.participant.id)) {
      tag("h3") {
        tag("span", .class("who")) {
          context.link(row.participant)
          " "
          context.country(row.participant.country)
        }
        tag("span", .class("way")) {
          if let previous = row.previous { context.chip(previous.primary) }
          tag("span", Attribute("aria-label", words(ReassignmentKey.movesTo))) { " → " }
          if let now = row.now { context.chip(now.primary) }
        }
      }
      tag("div", .class("evidence-columns")) {
        // The network before stands first, as the arrow has them.
        for evidence in row.evidence.reversed() {
          self.evidence(evidence, isNow: evidence.network == row.now?.primary)
        }
      }
      pressure(row)
    }
  }

  /// What the bounds have to do with a move that the evidence alone would not make.
  private func pressure(_ row: ReassignmentRow) -> Node? {
    guard row.evidence.count == 2, row.evidence[0].membership < row.evidence[1].membership
    else { return nil }
    func network(_ label: String?) -> ReassignmentView.NetworkView? {
      view.networks.first { $0.network == label }
    }
    var texts: [String] = []
    if let previous = network(row.previous?.primary), previous.price > 0 {
      texts.append(
        words(ReassignmentKey.isFull, previous.network, formats.score(previous.price)))
    }
    if let now = network(row.now?.primary), now.price < 0 {
      texts.append(words(ReassignmentKey.isLeast, now.network))
    }
    guard !texts.isEmpty else { return nil }
    return tag("p", .class("note")) { texts.joined(separator: " ") }
  }

  private func evidence(_ evidence: ReassignmentRow.EvidenceView, isNow: Bool) -> Node {
    tag("div") {
      tag("h4") {
        words(isNow ? ReassignmentKey.now : ReassignmentKey.before)
        ": "
        context.networkName(evidence.network)
      }
      tag("div", .class("network-row")) {
        tag("span", .class("name")) { words(ReassignmentKey.membership) }
        bar(evidence.membership, class: Palette.className(of: evidence.network))
        tag("span", .class("figure")) { formats.percent(evidence.membership) }
      }
      tag("ul", .class("plain signals")) {
        for signal in evidence.signals {
          tag("li") {
            words(SignalKey.of(signal.signal)) + " "
            tag("span", .class("figure")) { formats.signed(signal.logOdds) }
            " " + words(ReassignmentKey.logOdds)
          }
        }
      }
      if !evidence.words.isEmpty {
        tag("p", .class("words")) {
          for word in evidence.words {
            tag("span", .class("word"), Attribute("dir", "auto")) { word.cut(40) ?? word }
            " "
          }
        }
      }
    }
  }

  private func others(_ change: String, _ key: ReassignmentKey) -> Node? {
    let rows = rows(change)
    guard !rows.isEmpty else { return nil }
    return tag("section", .class("block")) {
      tag("h2") {
        words(key)
        tag("span", .class("count")) { " " + formats.whole(rows.count) }
      }
      tag("ul", .class("names")) {
        for row in rows {
          tag("li") {
            context.link(row.participant)
            " "
            context.country(row.participant.country)
            if let now = row.now {
              " "
              context.chip(now.primary)
            }
          }
        }
      }
    }
  }
}
