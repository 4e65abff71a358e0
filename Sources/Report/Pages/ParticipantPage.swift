import Matching
import Programme
import Results

/// One participant: its networks and why, its best partners and why.
struct ParticipantPage {
  let context: Context
  let person: Dossier.Person

  private var words: Words { context.words }
  private var formats: Formats { context.formats }
  private var ref: ParticipantRef { person.ref }

  /// An id of an element of this page.
  private func anchor(_ kind: StaticString, _ rest: String = "") -> Anchor {
    Anchor(kind, rest.isEmpty ? ref.id : "\(ref.id)-\(rest)")
  }

  var node: Node {
    .group([
      heading,
      tag("div", .class("columns")) {
        NetworkProfile(context: context, person: person).node
        tag("div", .class("aside")) {
          inCohort
          previousPartners
          decisions
        }
      },
      suggestions,
    ])
  }

  private var heading: Node {
    tag("header", .class("page-head")) {
      tag("h1") { Context.name(ref.name) }
      tag("p", .class("lead facts-line")) {
        for (place, fact) in facts.enumerated() {
          if place > 0 { tag("span", .class("dot"), Attribute("aria-hidden", "true")) { " · " } }
          tag("span") { fact }
        }
      }
      if let plan = person.participant?.signals.plan, !plan.title.isEmpty {
        tag("p", .class("plan-title"), Attribute("lang", plan.language)) {
          tag("q", Attribute("dir", "auto")) { plan.title.cut(160) ?? plan.title }
          if plan.illustrative {
            " "
            tag("span", .class("tag"), Attribute("lang", words.language.rawValue)) {
              words(ParticipantKey.illustrative)
            }
          }
        }
      }
    }
  }

  private var facts: [String] {
    var facts = [context.names.country(ref.country), context.names.region(ref.region)]
    guard let participant = person.participant else { return facts }
    facts.insert(words(KindKey.of(participant.kind)), at: 0)
    facts.append(
      words.count(.inhabitants, participant.population)
        + (participant.populationYear.map { " (\($0))" } ?? ""))
    facts.append(words(ParticipantKey.languages, participant.languages.joined(separator: ", ")))
    if participant.alumni { facts.append(words(ParticipantKey.alumni)) }
    return facts
  }

  // MARK: - Beside the profile

  private var inCohort: Node? {
    guard let cohort = context.dossier.cohort else { return nil }
    let partners = cohort.pairs.filter { $0.left.id == ref.id || $0.right.id == ref.id }
    let reason = cohort.proof.result.unpaired.first { $0.id == ref.id }?.reason
    return tag("section", .class("block small")) {
      tag("h2") { words(ParticipantKey.inCohort) }
      if partners.isEmpty {
        tag("p") {
          words(ParticipantKey.noPartner)
        }
        if let reason {
          tag("p", .class("note"), Attribute("dir", "auto")) {
            ReasonWords(context: context).text(reason) { context.person($0)?.ref.name ?? $0 }
          }
        }
      } else {
        tag("ul", .class("plain")) {
          for pair in partners {
            let partner = pair.left.id == ref.id ? pair.right : pair.left
            tag("li") {
              context.link(partner)
              " "
              context.country(partner.country)
              " "
              tag("span", .class("figure")) { formats.score(pair.score) }
            }
          }
        }
      }
    }
  }

  private var previousPartners: Node {
    tag("section", .class("block small")) {
      tag("h2") { words(ParticipantKey.previousPartners) }
      let ids = person.participant?.previousPartners ?? []
      if ids.isEmpty {
        tag("p", .class("note")) { words(ParticipantKey.none) }
      } else {
        tag("ul", .class("plain")) {
          for id in ids {
            tag("li") {
              if let partner = context.person(id) {
                context.link(partner.ref)
                " "
                context.country(partner.ref.country)
              } else {
                Context.name(id)
              }
            }
          }
        }
      }
    }
  }

  private var decisions: Node {
    tag("section", .class("block small")) {
      tag("h2") { words(ParticipantKey.decisions) }
      let decided = person.details?.suggestions.decided ?? []
      if decided.isEmpty {
        tag("p", .class("note")) { words(ParticipantKey.noDecisions) }
      } else {
        tag("ul", .class("plain decisions")) {
          for decision in decided {
            let other = decision.participant == ref.id ? decision.partner : decision.participant
            tag("li") {
              tag("strong") { words(VerdictKey.of(decision.verdict)) }
              " "
              Context.name(context.person(other)?.ref.name ?? other)
              tag("span", .class("note")) {
                tag("bdi") { decision.reason.cut(300) ?? decision.reason }
                " – "
                tag("bdi") { decision.actor.cut(60) ?? decision.actor }
                ", " + formats.date(Day(microseconds: decision.time))
              }
            }
          }
        }
      }
    }
  }

  // MARK: - Partners

  private var suggestions: Node {
    let view = person.details?.suggestions
    let most = view?.suggestions.map(\.score).max() ?? 0
    return tag("section", .class("block suggestions")) {
      tag("h2") { words(ParticipantKey.partners) }
      if let view, !view.suggestions.isEmpty {
        tag("p", .class("note")) { words.count(.candidates, view.candidates) }
        for suggestion in view.suggestions {
          PartnerCard(
            context: context, person: person, suggestion: suggestion, most: most
          ).node(anchor("partner", "\(suggestion.rank)"))
        }
      } else {
        tag("p") { words(ParticipantKey.noCandidates) }
      }
    }
  }
}
