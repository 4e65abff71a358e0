import Programme
import Results

/// All participants with their networks, by network.
struct PeoplePage {
  let context: Context

  private var words: Words { context.words }

  var node: Node {
    let people = context.dossier.people
    let groups = Dictionary(grouping: people) { $0.view?.primary ?? "" }
    return group {
      tag("header", .class("page-head")) {
        tag("h1") { words.count(.participants, people.count) }
        tag("p", .class("lead")) { words(PeopleKey.lead) }
      }
      tag(
        "form", .class("filters"), .id("people-filters"), Attribute("role", "search"),
        Attribute("aria-label", words(PeopleKey.find))
      ) {
        tag("div", .class("field")) {
          tag("label", Attribute("for", "people-text")) { words(CohortKey.nameContains) }
          tag(
            "input", .id("people-text"), Attribute("type", "search"),
            Attribute("autocomplete", "off"))
        }
      }
      for network in context.programme.networks {
        list(network.id.label, groups[network.id.label] ?? [])
      }
      none(groups[""] ?? [])
      failures
    }
  }

  private static func probability(_ person: Dossier.Person) -> Double {
    person.view.flatMap { view in
      view.scores.first { $0.network == view.primary }?.probability
    } ?? 0
  }

  private func list(_ label: String, _ members: [Dossier.Person]) -> Node {
    let members = members.sorted {
      (Self.probability($1), $0.ref.name) < (Self.probability($0), $1.ref.name)
    }
    return tag("section", .class("block people-group"), Attribute("data-network", label)) {
      tag("h2") {
        context.chip(label)
        " "
        tag("span") { context.names.shortNetwork(label) }
        tag("span", .class("count")) { " " + context.formats.whole(members.count) }
      }
      if members.isEmpty {
        tag("p", .class("note")) { words(PeopleKey.nobody) }
      } else {
        tag("ul", .class("people")) {
          for member in members { item(member, share: Self.probability(member)) }
        }
      }
    }
  }

  private func item(_ person: Dossier.Person, share: Double?) -> Node {
    tag("li", Attribute("data-participant", person.ref.id)) {
      tag("span", .class("who")) {
        context.link(person.ref)
        " "
        context.country(person.ref.country)
      }
      for network in person.view?.further ?? [] { context.chip(network) }
      if let share { tag("span", .class("figure")) { context.formats.percent(share) } }
    }
  }

  private func none(_ members: [Dossier.Person]) -> Node? {
    guard !members.isEmpty else { return nil }
    return tag("section", .class("block people-group"), Attribute("data-network", "")) {
      tag("h2") {
        words(PeopleKey.noNetwork)
        tag("span", .class("count")) { " " + context.formats.whole(members.count) }
      }
      tag("ul", .class("people")) {
        for member in members { item(member, share: nil) }
      }
    }
  }

  private var failures: Node? {
    guard !context.dossier.failures.isEmpty else { return nil }
    return tag("section", .class("block"), .id("failures")) {
      tag("h2") { words(PeopleKey.failures) }
      tag("ul") {
        for failure in context.dossier.failures {
          tag("li") {
            Context.name(failure.id)
            ": "
            tag("span", Attribute("lang", "en")) { failure.error }
          }
        }
      }
    }
  }
}
