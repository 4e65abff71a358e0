import Matching
import Programme
import Results

/// The whole cohort at a glance: where the pairs are, how quotas are used, who is paired
/// with whom, who is not, and whether that is proven.
struct CohortPage {
  let context: Context
  let cohort: CohortView

  private var words: Words { context.words }
  private var formats: Formats { context.formats }

  var node: Node {
    group {
      heading
      keyFigures
      let map = WorldMap(context: context, cohort: cohort)
      map.figure.node(words, class: map.className)
      tag("div", .class("pair-of-charts")) {
        HeatMap(context: context).figure.node(words)
        quotas
      }
      objectives
      PairList(context: context, cohort: cohort).node
      unpaired
    }
  }

  private var alone: [CohortView.UnpairedView] { cohort.unpaired.filter { $0.pairs == 0 } }

  private var heading: Node {
    tag("header", .class("page-head")) {
      tag("h1") { words.count(.pairs, cohort.pairs.count) }
      tag("p", .class("lead")) { verdict }
    }
  }

  // MARK: - The verdict

  private var isVerified: Bool {
    context.dossier.verification?.isVerified ?? cohort.isVerified
  }

  private var faults: [String] {
    context.dossier.verification?.faults ?? cohort.faults
  }

  /// What the certificate proves, and whether the check found so.
  private var verdict: [Node] {
    let claim =
      cohort.isOptimal
      ? words(cohort.objective == .stable ? CohortKey.isStable : CohortKey.isBest)
      : words(CohortKey.isStopped)
        + (cohort.gap.map { " " + words(CohortKey.gap, formats.score($0)) } ?? "")
    if isVerified {
      return [
        tag("span", .class("verdict good"), Attribute("data-verdict", "verified")) {
          "✓ " + words(CohortKey.verified)
        }, .text(" " + claim),
      ]
    }
    return [
      tag("span", .class("verdict bad"), Attribute("data-verdict", "failed")) {
        "✗ " + words(CohortKey.failed)
      },
      tag("span", .class("faults"), Attribute("lang", "en")) {
        " " + faults.joined(separator: "; ")
      },
    ]
  }

  private var keyFigures: Node {
    let figures = cohort.figures.first { $0.objective == cohort.objective }
    let mean =
      cohort.pairs.isEmpty
      ? nil : cohort.pairs.reduce(0) { $0 + $1.score } / Double(cohort.pairs.count)
    return tag("dl", .class("key-figures")) {
      keyFigure(SharedKey.participants, formats.whole(context.dossier.people.count))
      keyFigure(CohortKey.withoutPartner, formats.whole(alone.count))
      keyFigure(CohortKey.totalScore, figures.map { formats.score($0.total) } ?? "–")
      keyFigure(CohortKey.meanScore, mean.map(formats.score) ?? "–")
      keyFigure(CohortKey.lowestScore, figures?.worst.map(formats.score) ?? "–")
    }
  }

  private func keyFigure(_ key: some MessageKey, _ value: String) -> Node {
    tag("div") {
      tag("dt") { words(key) }
      tag("dd") { value }
    }
  }

  // MARK: - Quotas

  private var quotas: Node {
    let rows = QuotaRows(context: context, cohort: cohort).rows
    let bars = RangeBars(rows: rows, words: words)
    let figure = Figure(
      anchor: Anchor("quotas"), title: words(CohortKey.quotasTitle),
      description: bars.description, width: RangeBars.width, height: bars.height,
      drawing: bars.drawing, table: bars.table,
      note: [
        tag("p", .class("note")) {
          words(cohort.appliesQuotas ? CohortKey.quotasNote : CohortKey.quotasLeftOut)
        }
      ])
    return figure.node(words)
  }

  // MARK: - The objectives

  private var objectives: Node {
    var table = DataTable(
      .init(title: words(CohortKey.objective)),
      .init(title: words(CohortKey.pairs), isNumber: true),
      .init(title: words(CohortKey.totalScore), isNumber: true),
      .init(title: words(CohortKey.lowestScore), isNumber: true),
      .init(title: words(CohortKey.wouldSwap), isNumber: true))
    for figures in CohortObjectiveName.allCases.compactMap({ name in
      cohort.figures.first { $0.objective == name }
    }) {
      let isThis = figures.objective == cohort.objective
      table.add(
        .group([
          tag(isThis ? "strong" : "span") { words(ObjectiveKey.of(figures.objective)) },
          isThis ? tag("span", .class("tag")) { words(CohortKey.thisPairing) } : .group([]),
          tag("span", .class("explained")) { words(ObjectiveKey.explained(figures.objective)) },
        ]),
        .text(formats.whole(figures.pairs)), .text(formats.score(figures.total)),
        .text(figures.worst.map(formats.score) ?? "–"), .text(formats.whole(figures.blockingPairs)))
    }
    return tag("section", .id("objectives"), .class("block")) {
      tag("h2") { words(CohortKey.objectivesTitle) }
      table.node(caption: words(CohortKey.objectivesTitle), class: "objectives")
    }
  }

  // MARK: - Without a partner

  private var unpaired: Node {
    let reasons = Dictionary(
      cohort.proof.result.unpaired.map { ($0.id, $0.reason) },
      uniquingKeysWith: { first, _ in first })
    let names = Dictionary(
      cohort.unpaired.flatMap { [$0.participant] + $0.alternates }.map { ($0.id, $0.name) },
      uniquingKeysWith: { first, _ in first })
    func reason(_ view: CohortView.UnpairedView) -> String {
      reasons[view.participant.id].map { reason in
        ReasonWords(context: context).text(reason) {
          context.person($0)?.ref.name ?? names[$0] ?? $0
        }
      } ?? view.reason
    }
    let groups = Dictionary(grouping: alone, by: reason)
      .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    return tag("section", .id("unpaired"), .class("block")) {
      tag("h2") {
        alone.isEmpty
          ? words(CohortKey.withoutPartner) : words.count(.withoutPartner, alone.count)
      }
      if groups.isEmpty {
        tag("p") {
          cohort.pairs.isEmpty ? words(PeopleKey.nobody) : words(CohortKey.everybodyPaired)
        }
      }
      for (reason, members) in groups.prefix(Self.mostReasons) {
        tag(
          "details",
          with: [.class("reason")] + (groups.count == 1 ? [Attribute("open", "")] : [])
        ) {
          tag("summary") {
            tag("span", .class("count")) { formats.whole(members.count) }
            " "
            tag("span", Attribute("dir", "auto")) { reason }
          }
          tag("ul", .class("names")) {
            for member in members {
              tag("li") {
                context.link(member.participant)
                " "
                context.country(member.participant.country)
              }
            }
          }
        }
      }
      if groups.count > Self.mostReasons {
        tag("p", .class("note")) {
          words(
            CohortKey.reasonsLeftOut, formats.whole(Self.mostReasons),
            formats.whole(groups.count))
        }
      }
    }
  }

  /// More groups than these are no overview.
  private static let mostReasons = 400
}
