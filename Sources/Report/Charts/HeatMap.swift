import Programme
import Results

/// How many participants each network has in each region of the world.
struct HeatMap {
  let context: Context

  private static let height = 30.0
  /// Wider where four digits and a separator must stand in it.
  private var width: Double { context.dossier.people.count < 1_000 ? 37 : 44 }
  private static let names = 132.0
  private static let head = 30.0

  /// Counts by region and network; a participant counts in its primary network.
  struct Counts {
    var regions: [String]
    var networks: [String]
    var counts: [[Int]]
    var unassigned: Int

    init(_ dossier: Dossier) {
      regions = dossier.programme.regions.map(\.id)
      networks = dossier.programme.networks.map(\.id.label)
      counts = Array(
        repeating: Array(repeating: 0, count: networks.count), count: regions.count)
      unassigned = 0
      for person in dossier.people {
        guard let region = regions.firstIndex(of: person.ref.region) else { continue }
        guard let network = person.view?.primary.flatMap({ networks.firstIndex(of: $0) }) else {
          unassigned += 1
          continue
        }
        counts[region][network] += 1
      }
    }

    func sum(network: Int) -> Int { counts.reduce(0) { $0 + $1[network] } }
    var largest: Int { counts.flatMap(\.self).max() ?? 0 }
  }

  var figure: Figure {
    let counts = Counts(context.dossier)
    let words = context.words
    let whole = Self.names + width * Double(counts.networks.count + 1)
    let height = Self.head + Self.height * Double(counts.regions.count + 1)
    return Figure(
      anchor: Anchor("matrix"), title: words(CohortKey.matrixTitle),
      description: words(CohortKey.matrixDescription, largest(counts)),
      width: whole, height: height, drawing: drawing(counts), table: table(counts),
      note: counts.unassigned == 0
        ? []
        : [
          tag("p", .class("note")) { words.count(.unassigned, counts.unassigned) }
        ])
  }

  private func drawing(_ counts: Counts) -> [Node] {
    let formats = context.formats
    var nodes: [Node] = []
    func middle(_ column: Int) -> Double {
      Self.names + width * (Double(column) + 0.5)
    }
    func baseline(_ row: Int) -> Double { Self.head + Self.height * (Double(row) + 0.5) + 4.5 }
    for (column, network) in counts.networks.enumerated() {
      nodes.append(
        rectangle(
          middle(column) - 9, 20, 18, 3, radius: 1.5,
          class: "swatch \(Palette.className(of: network))"))
      nodes.append(label(middle(column), 14, network, anchor: "middle", class: "label strong"))
    }
    nodes.append(
      label(
        middle(counts.networks.count), 14, context.words(CohortKey.sum), anchor: "middle",
        class: "label quiet"))
    for (row, region) in counts.regions.enumerated() {
      let name = context.names.region(region)
      nodes.append(label(0, baseline(row), name.cut(20) ?? name))
      for (column, count) in counts.counts[row].enumerated() {
        let share = counts.largest == 0 ? 0 : Double(count) / Double(counts.largest)
        nodes.append(
          tag(
            "rect", .number("x", Self.names + width * Double(column) + 1),
            .number("y", Self.head + Self.height * Double(row) + 1),
            .number("width", width - 2), .number("height", Self.height - 2),
            Attribute("rx", "3"), .class(count == 0 ? "cell empty" : "cell"),
            // In steps of a hundredth; the number on it stays readable at the strongest.
            Attribute("fill-opacity", "\(Double(Int(6 + share * 40)) / 100)")
          ) {
            tag("title") {
              "\(name), \(context.names.network(counts.networks[column])): \(formats.whole(count))"
            }
          })
        nodes.append(
          label(
            middle(column), baseline(row), count == 0 ? "·" : formats.whole(count),
            anchor: "middle", class: count == 0 ? "label quiet" : "label"))
      }
      nodes.append(
        label(
          middle(counts.networks.count), baseline(row),
          formats.whole(counts.counts[row].reduce(0, +)), anchor: "middle", class: "label strong"))
    }
    let last = counts.regions.count
    nodes.append(label(0, baseline(last), context.words(CohortKey.sum), class: "label quiet"))
    for column in counts.networks.indices {
      nodes.append(
        label(
          middle(column), baseline(last), formats.whole(counts.sum(network: column)),
          anchor: "middle", class: "label strong"))
    }
    nodes.append(
      label(
        middle(counts.networks.count), baseline(last),
        formats.whole(counts.networks.indices.reduce(0) { $0 + counts.sum(network: $1) }),
        anchor: "middle", class: "label strong"))
    return nodes
  }

  /// The fullest cells in words.
  private func largest(_ counts: Counts) -> String {
    var cells: [(count: Int, text: String)] = []
    for (row, region) in counts.regions.enumerated() {
      for (column, network) in counts.networks.enumerated() where counts.counts[row][column] > 0 {
        let count = counts.counts[row][column]
        cells.append(
          (
            count,
            "\(context.names.region(region)), \(context.names.shortNetwork(network)): "
              + context.formats.whole(count)
          ))
      }
    }
    return cells.sorted { ($1.count, $0.text) < ($0.count, $1.text) }.prefix(3).map(\.text)
      .joined(separator: "; ")
  }

  private func table(_ counts: Counts) -> DataTable {
    var table = DataTable(.init(title: context.words(CohortKey.network)))
    table.columns += counts.regions.map {
      .init(title: context.names.region($0), isNumber: true)
    }
    table.columns.append(.init(title: context.words(CohortKey.sum), isNumber: true))
    for (column, network) in counts.networks.enumerated() {
      table.rows.append(
        [context.networkName(network)]
          + counts.counts.map { .text(context.formats.whole($0[column])) }
          + [.text(context.formats.whole(counts.sum(network: column)))])
    }
    return table
  }
}
