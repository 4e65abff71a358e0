import Programme
import Results

/// One suggested partner: its score, what that is made of, and what both have in common.
struct PartnerCard {
  let context: Context
  let person: Dossier.Person
  let suggestion: SuggestionView
  /// The best score of the list.
  let most: Double

  private var words: Words { context.words }
  private var formats: Formats { context.formats }

  func node(_ anchor: Anchor) -> Node {
    tag(
      "article", .class("partner"), .id(anchor.id),
      Attribute("data-partner", suggestion.partner.id)
    ) {
      tag("h3") {
        tag("span", .class("rank")) { formats.whole(suggestion.rank) }
        tag("span", .class("who")) {
          context.link(suggestion.partner)
          " "
          context.country(suggestion.partner.country)
        }
        tag("span", .class("figure")) { formats.score(suggestion.score) }
      }
      FactorBar(factors: suggestion.factors, most: most).node(
        Anchor("bar", anchor.id), title: words(CohortKey.scoreMadeOf), words)
      factorList
      tag("div", .class("common")) {
        tag("div") {
          sharedNetworks
          margin
        }
        terms
      }
      tag("details", .class("data")) {
        tag("summary") { words(SharedKey.asTable) }
        factorTable.node(
          caption: words(CohortKey.scoreMadeOf) + ": "
            + (suggestion.partner.name.cut(Context.longestName) ?? suggestion.partner.name))
      }
    }
  }

  /// The factors that matter, the largest first, as the bar has them.
  private var factorList: Node {
    tag("ul", .class("legend factors")) {
      for factor in suggestion.factors.sorted(by: { $0.contribution > $1.contribution })
      where factor.contribution >= 0.0005 {
        tag("li") {
          tag("span", .class("key \(Palette.className(of: factor.factor))"))
          " "
          words(FactorKey.of(factor.factor)) + " "
          tag("span", .class("figure")) { formats.score(factor.contribution) }
        }
      }
    }
  }

  private var factorTable: DataTable {
    var table = DataTable(
      .init(title: words(ParticipantKey.factor)),
      .init(title: words(ParticipantKey.value), isNumber: true),
      .init(title: words(ParticipantKey.weight), isNumber: true),
      .init(title: words(ParticipantKey.contribution), isNumber: true))
    for factor in suggestion.factors {
      table.add(
        .text(words(FactorKey.of(factor.factor))), .text(formats.score(factor.value)),
        .text(formats.score(factor.share)), .text(formats.score(factor.contribution)))
    }
    for factor in suggestion.unknown {
      table.add(
        .text(words(FactorKey.of(factor))), .text(words(ParticipantKey.unknown)), .text("–"),
        .text("–"))
    }
    return table
  }

  private var sharedNetworks: Node {
    group {
      tag("h4") { words(ParticipantKey.sharedNetworks) }
      if suggestion.sharedNetworks.isEmpty {
        tag("p", .class("note")) { words(ParticipantKey.none) }
      } else {
        tag("ul", .class("plain")) {
          for shared in suggestion.sharedNetworks {
            tag("li") {
              context.networkName(shared.network)
              " "
              tag("span", .class("figure")) {
                words(
                  ParticipantKey.bothShares, formats.percent(shared.own),
                  formats.percent(shared.partner))
              }
            }
          }
        }
      }
    }
  }

  /// Terms of both plans that mean much the same, each in its own language.
  private var terms: Node {
    let own = person.participant?.signals.plan?.language
    let other = context.person(suggestion.partner.id)?.participant?.signals.plan?.language
    func heading(_ name: String, _ language: String?) -> Node {
      group {
        Context.name(name)
        if let language {
          " "
          tag("span", .class("tag")) { language }
        }
      }
    }
    func term(_ text: String, _ language: String?) -> Node {
      tag(
        "span",
        with: [Attribute("dir", "auto")] + (language.map { [Attribute("lang", $0)] } ?? [])
      ) { text.cut(60) ?? text }
    }
    return tag("div") {
      tag("h4") { words(ParticipantKey.terms) }
      if suggestion.terms.isEmpty {
        tag("p", .class("note")) { words(ParticipantKey.noTerms) }
      } else {
        tag("table", .class("terms")) {
          tag("thead") {
            tag("tr") {
              tag("th", Attribute("scope", "col")) { heading(person.ref.name, own) }
              tag("th", Attribute("scope", "col")) { heading(suggestion.partner.name, other) }
              tag("th", Attribute("scope", "col"), .class("number")) {
                words(ParticipantKey.similarity)
              }
            }
          }
          tag("tbody") {
            for aligned in suggestion.terms {
              tag("tr") {
                tag("td") { term(aligned.own, own) }
                tag("td") { term(aligned.partner, other) }
                tag("td", .class("number")) { formats.number(aligned.similarity, decimals: 2) }
              }
            }
          }
        }
      }
    }
  }

  private var margin: Node? {
    guard let next = suggestion.next, let margin = suggestion.margin else { return nil }
    return tag("p", .class("note margin")) {
      words(
        ParticipantKey.ahead, formats.score(margin),
        next.name.cut(Context.longestName) ?? next.name)
    }
  }
}
