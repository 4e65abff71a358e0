import Foundation
import Programme
import Results

/// All pairs in a table that can be sorted and filtered. The first rows are in the markup;
/// the script shows the others from the data beside it, some at a time.
struct PairList {
  /// Rows at a time.
  static let page = 50

  let context: Context
  let cohort: CohortView

  private var words: Words { context.words }

  private var sorted: [CohortView.PairView] {
    cohort.pairs.sorted { ($1.score, $0.left.id) < ($0.score, $1.left.id) }
  }

  var node: Node {
    tag("section", .id("pairs"), .class("block")) {
      tag("h2") { words(CohortKey.pairsTitle) }
      if cohort.pairs.isEmpty {
        tag("p") { words(CohortKey.noPairs) }
      } else {
        filters
        tag("p", .class("note"), .id("pair-count"), Attribute("aria-live", "polite")) {
          cohort.pairs.count > Self.page
            ? words(
              CohortKey.firstRows, context.formats.whole(Self.page),
              context.formats.whole(cohort.pairs.count))
            : words.count(.pairs, cohort.pairs.count)
        }
        table
        pager
        factorLegend
        ScriptData.node(Anchor("pair-data"), data)
      }
    }
  }

  // MARK: - The table

  private var table: Node {
    let columns: [(key: String, title: CohortKey, isNumber: Bool)] = [
      ("left", .europe, false), ("right", .partner, false), ("network", .networks, false),
      ("score", .score, true),
    ]
    return tag("table", .class("pairs"), .id("pair-table")) {
      tag("caption", .class("hidden-text")) { words(CohortKey.pairsTitle) }
      tag("thead") {
        tag("tr") {
          for column in columns {
            tag(
              "th",
              with: [Attribute("scope", "col"), Attribute("data-column", column.key)]
                + (column.isNumber ? [.class("number")] : [])
                + (column.key == "score" ? [Attribute("aria-sort", "descending")] : [])
            ) {
              tag("button", Attribute("type", "button"), .class("sort")) { words(column.title) }
            }
          }
        }
      }
      tag("tbody") {
        let most = mostScore
        for (place, pair) in sorted.prefix(Self.page).enumerated() { row(pair, place, most) }
      }
    }
  }

  private var mostScore: Double { cohort.pairs.map(\.score).max() ?? 1 }

  private func row(_ pair: CohortView.PairView, _ place: Int, _ most: Double) -> Node {
    tag("tr", Attribute("data-pair", "\(pair.left.id) \(pair.right.id)")) {
      tag("th", Attribute("scope", "row"), .class("who")) { person(pair.left) }
      tag("td", .class("who")) { person(pair.right) }
      tag("td", .class("networks")) {
        for shared in pair.sharedNetworks { context.chip(shared.network) }
      }
      tag("td", .class("score number")) {
        if pair.isPinned { tag("span", .class("tag")) { words(CohortKey.pinned) } }
        tag("span", .class("figure")) { context.formats.score(pair.score) }
        FactorBar(factors: pair.factors, most: most).node(
          Anchor("pair-bar", "\(place)"), title: words(CohortKey.scoreMadeOf), words)
      }
    }
  }

  private func person(_ ref: ParticipantRef) -> Node {
    .group([context.link(ref), .text(" "), context.country(ref.country)])
  }

  private var factorLegend: Node {
    let used = Set(cohort.pairs.flatMap { $0.factors.map(\.factor) })
    return tag("ul", .class("legend")) {
      for factor in Factor.allCases where used.contains(factor) {
        tag("li") {
          tag("span", .class("key \(Palette.className(of: factor))"))
          " "
          words(FactorKey.of(factor))
        }
      }
    }
  }

  // MARK: - What the script works with

  private var filters: Node {
    let networks = context.programme.networks.map(\.id.label)
    let countries = Set(cohort.pairs.flatMap { [$0.left.country, $0.right.country] })
      .map { (code: $0, name: context.names.country($0)) }
      .sorted { ($0.name.folded, $0.code) < ($1.name.folded, $1.code) }
    return tag(
      "form", .class("filters"), .id("pair-filters"), Attribute("role", "search"),
      Attribute("aria-label", words(CohortKey.filterPairs))
    ) {
      field("pair-text", CohortKey.nameContains) {
        tag(
          "input", .id("pair-text"), Attribute("type", "search"),
          Attribute("autocomplete", "off"))
      }
      field("pair-network", CohortKey.network) {
        tag("select", .id("pair-network")) {
          tag("option", Attribute("value", "")) { words(CohortKey.allNetworks) }
          for label in networks {
            tag("option", Attribute("value", label)) {
              "\(label) \(context.names.shortNetwork(label))"
            }
          }
        }
      }
      field("pair-country", CohortKey.country) {
        tag("select", .id("pair-country")) {
          tag("option", Attribute("value", "")) { words(CohortKey.allCountries) }
          for country in countries {
            tag("option", Attribute("value", country.code)) { country.name }
          }
        }
      }
      field("pair-score", CohortKey.scoreFrom) {
        tag(
          "input", .id("pair-score"), Attribute("type", "range"), Attribute("min", "0"),
          Attribute("max", "1"), Attribute("step", "0.01"), Attribute("value", "0"))
        tag("output", .id("pair-score-value"), Attribute("for", "pair-score")) {
          context.formats.number(0, decimals: 2)
        }
      }
      tag("button", Attribute("type", "reset"), .class("plain")) { words(CohortKey.reset) }
    }
  }

  private func field(
    _ id: String, _ key: CohortKey, @NodeBuilder content: () -> [Node]
  ) -> Node {
    tag("div", .class("field")) {
      tag("label", Attribute("for", id)) { words(key) }
      content()
    }
  }

  private var pager: Node {
    tag(
      "div", .class("pager"), .id("pair-pager"), Attribute("hidden", "")
    ) {
      tag("button", Attribute("type", "button"), .id("pair-previous")) { words(CohortKey.previous) }
      tag("span", .id("pair-range"))
      tag("button", Attribute("type", "button"), .id("pair-next")) { words(CohortKey.next) }
    }
  }

  private struct PairData: Encodable {
    /// Name, title when the name is cut, country, anchor.
    var people: [[String]]
    var countries: [String: String]
    var networks: [[String]]
    var factors: [[String]]
    var pairs: [Row]
    var most: Double
    var page: Int
    var point: String
    var texts: [String: String]

    struct Row: Encodable {
      /// Places among the people.
      var l: Int
      var r: Int
      var s: Double
      /// Networks by their places.
      var n: [Int]
      /// What each factor adds, by the places of factors.
      var f: [[Double]]
      var p: Bool?
    }
  }

  private var data: PairData {
    var people: [[String]] = []
    var places: [String: Int] = [:]
    func place(_ ref: ParticipantRef) -> Int {
      if let place = places[ref.id] { return place }
      let cut = ref.name.cut(Context.longestName)
      places[ref.id] = people.count
      people.append([
        cut ?? ref.name, cut == nil ? "" : ref.name, ref.country,
        context.anchor(ref.id)?.id ?? "", ref.id,
      ])
      return people.count - 1
    }
    var networks: [[String]] = []
    var networkPlaces: [String: Int] = [:]
    func place(network label: String) -> Int {
      if let place = networkPlaces[label] { return place }
      networkPlaces[label] = networks.count
      networks.append([label, Palette.className(of: label), context.names.network(label)])
      return networks.count - 1
    }
    let rows = sorted.map { pair in
      PairData.Row(
        l: place(pair.left), r: place(pair.right), s: pair.score,
        n: pair.sharedNetworks.map { place(network: $0.network) },
        f: pair.factors.filter { $0.contribution > 0 }
          .sorted { $0.contribution > $1.contribution }
          .map { factor in
            [
              Double(Factor.allCases.firstIndex(of: factor.factor) ?? 0),
              (factor.contribution * 1e4).rounded() / 1e4,
            ]
          }, p: pair.isPinned ? true : nil)
    }
    let countries = Set(people.map { $0[2] })
    return PairData(
      people: people,
      countries: Dictionary(
        countries.map { ($0, context.names.country($0)) }, uniquingKeysWith: { first, _ in first }),
      networks: networks,
      factors: Factor.allCases.map { [Palette.className(of: $0), words(FactorKey.of($0))] },
      pairs: rows, most: mostScore, page: Self.page,
      point: words.language == .english ? "." : ",",
      texts: [
        "pinned": words(CohortKey.pinned), "none": words(CohortKey.noneLeft),
        "one": words.count(.pairs, 1), "many": CountKey.pairs.message.many[words.language],
        "range": CohortKey.range.message[words.language],
        "separator": words.formats.whole(10_000).filter { !$0.isNumber },
        "madeOf": words(CohortKey.scoreMadeOf),
      ])
  }
}

extension String {
  /// The text as it sorts: without case and accents.
  var folded: String {
    folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
  }
}
