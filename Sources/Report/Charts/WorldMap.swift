import Programme
import Results

/// The pairs of a cohort as arcs between their places.
struct WorldMap {
  private static let width = 960.0
  /// Parts of the world's width at both ends of the equator, where only sea is.
  private static let crop = (left: 0.07, right: 0.02)
  /// More arcs than these hide each other; the strongest are drawn.
  static let mostArcs = 1_000
  /// From so many arcs on they are drawn finer.
  private static let dense = 150

  let context: Context
  let cohort: CohortView

  /// The network that a pair is shown in: the strongest that both belong to.
  static func network(of pair: CohortView.PairView) -> String? {
    pair.sharedNetworks.first?.network
  }

  private func place(_ ref: ParticipantRef) -> Coordinates? {
    context.person(ref.id)?.participant?.coordinates
  }

  var className: String { cohort.pairs.count < Self.dense ? "map" : "map dense" }

  var figure: Figure {
    let words = context.words
    let projection = Projection(width: Self.width)
    let placed = cohort.pairs.compactMap { pair in
      place(pair.left).flatMap { left in place(pair.right).map { (pair, left, $0) } }
    }
    let drawn = placed.sorted { ($1.0.score, $0.0.left.id) < ($0.0.score, $1.0.left.id) }
      .prefix(Self.mostArcs)
    return Figure(
      anchor: Anchor("map"), title: words(CohortKey.mapTitle),
      description: words(
        CohortKey.mapDescription, words.count(.pairs, placed.count), describedRoutes),
      left: Self.width * Self.crop.left,
      width: Self.width * (1 - Self.crop.left - Self.crop.right), height: projection.height,
      drawing: [tag("path", .class("land"), Attribute("d", Coastline.path(in: projection)))]
        + alone(projection)
        // The strongest lie on top.
        + drawn.reversed().map { arc($0.0, projection.point($0.1), projection.point($0.2)) }
        + drawn.reversed().flatMap { ends($0.0, projection.point($0.1), projection.point($0.2)) },
      table: table, note: [legend] + notes(drawn: drawn.count, placed: placed.count))
  }

  /// Participants without a partner.
  private func alone(_ projection: Projection) -> [Node] {
    cohort.unpaired.filter { $0.pairs == 0 }.compactMap { unpaired in
      guard let place = place(unpaired.participant) else { return nil }
      let point = projection.point(place)
      return tag(
        "circle", .number("cx", point.x), .number("cy", point.y), Attribute("r", "2.5"),
        .class("alone")
      ) {
        tag("title") {
          "\(Self.short(unpaired.participant)): \(context.words(CohortKey.withoutPartner))"
        }
      }
    }
  }

  /// A curve that rises with the distance, always towards the north, so that arcs between
  /// the same two parts of the world lie in one bundle.
  private func arc(
    _ pair: CohortView.PairView, _ from: Projection.Point, _ to: Projection.Point
  ) -> Node {
    let (dx, dy) = (to.x - from.x, to.y - from.y)
    let distance = (dx * dx + dy * dy).squareRoot()
    let lift = distance * 0.22
    let toNorth = dx >= 0 ? 1.0 : -1.0
    let unit = distance > 0 ? lift / distance : 0
    let (x, y) = (
      (from.x + to.x) / 2 + dy * unit * toNorth, (from.y + to.y) / 2 - dx * unit * toNorth
    )
    let network = Self.network(of: pair)
    return tag(
      "path",
      .class("arc \(network.map(Palette.className(of:)) ?? "n0")"),
      Attribute("data-network", network ?? ""),
      Attribute("data-pair", "\(pair.left.id) \(pair.right.id)"),
      Attribute(
        "d",
        "M\(coordinate(from.x)) \(coordinate(from.y))Q\(coordinate(x)) \(coordinate(y)) "
          + "\(coordinate(to.x)) \(coordinate(to.y))")
    ) {
      tag("title") {
        "\(Self.short(pair.left)) – \(Self.short(pair.right)): "
          + context.formats.score(pair.score)
      }
    }
  }

  private func ends(
    _ pair: CohortView.PairView, _ from: Projection.Point, _ to: Projection.Point
  ) -> [Node] {
    let network = Self.network(of: pair)
    return [(from, pair.left), (to, pair.right)].map { point, ref in
      tag(
        "circle", .number("cx", point.x), .number("cy", point.y), Attribute("r", "3"),
        .class("end \(network.map(Palette.className(of:)) ?? "n0")"),
        Attribute("data-pair", "\(pair.left.id) \(pair.right.id)")
      ) { tag("title") { Self.short(ref) } }
    }
  }

  private static func short(_ ref: ParticipantRef) -> String {
    "\(ref.name.cut(Context.longestName) ?? ref.name) (\(ref.country))"
  }

  // MARK: - In words

  private struct Route: Hashable {
    var left: String
    var right: String
  }

  private var routes: [(route: Route, pairs: [CohortView.PairView])] {
    Dictionary(grouping: cohort.pairs) {
      Route(
        left: context.names.country($0.left.country), right: context.names.country($0.right.country)
      )
    }
    .sorted {
      ($1.value.count, $0.key.left, $0.key.right) < ($0.value.count, $1.key.left, $1.key.right)
    }
    .map { ($0.key, $0.value) }
  }

  private var describedRoutes: String {
    routes.prefix(5).map {
      "\($0.route.left) – \($0.route.right) (\(context.formats.whole($0.pairs.count)))"
    }.joined(separator: ", ")
  }

  private var table: DataTable {
    let words = context.words
    var table = DataTable(
      .init(title: words(CohortKey.europe)), .init(title: words(CohortKey.partner)),
      .init(title: words(CohortKey.networks)), .init(title: words(CohortKey.pairs), isNumber: true))
    for (route, pairs) in routes {
      let labels = Set(pairs.compactMap(Self.network)).sorted()
      table.add(
        .text(route.left), .text(route.right),
        .group(labels.flatMap { [context.chip($0), .text(" ")] }),
        .text(context.formats.whole(pairs.count)))
    }
    return table
  }

  private var legend: Node {
    tag("ul", .class("legend")) {
      for network in context.programme.networks {
        tag("li") { context.networkName(network.id.label) }
      }
      tag("li") {
        tag("span", .class("ring"), Attribute("aria-hidden", "true"))
        " "
        context.words(CohortKey.withoutPartner)
      }
    }
  }

  /// What the map does not show.
  private func notes(drawn: Int, placed: Int) -> [Node] {
    let words = context.words
    var seen: Set<String> = []
    let missing = cohort.pairs.flatMap { [$0.left, $0.right] }
      .filter { place($0) == nil && seen.insert($0.id).inserted }
    var notes: [Node] = []
    if drawn < placed {
      notes.append(
        tag("p", .class("note")) {
          words(
            CohortKey.arcsLeftOut, context.formats.whole(drawn), context.formats.whole(placed))
        })
    }
    if !missing.isEmpty {
      notes.append(
        tag("p", .class("note"), .id("map-missing")) {
          words.count(.withoutPlace, missing.count) + " "
          for (place, ref) in missing.prefix(60).enumerated() {
            if place > 0 { ", " }
            Context.name(ref.name)
          }
          if missing.count > 60 { ", …" }
        })
    }
    return notes
  }
}
