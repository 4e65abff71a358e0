import Programme
import Results

/// Who moves from which network to which: two columns of networks, as high as they are
/// large, and a band for all that go the same way.
struct FlowChart {
  let context: Context
  let view: ReassignmentView

  private static let size = (width: 400.0, height: 430.0)
  private static let node = (width: 10.0, gap: 8.0)
  private static let left = 60.0
  private static let right = 330.0

  struct Flow: Hashable {
    /// nil for who had none, or has none.
    var from: String?
    var to: String?
    var count: Int
  }

  /// All ways with how many go them, in the order of the networks.
  static func flows(_ view: ReassignmentView) -> [Flow] {
    let order = view.networks.map(\.network)
    func place(_ label: String?) -> Int {
      label.flatMap { order.firstIndex(of: $0) } ?? order.count
    }
    return Dictionary(grouping: view.rows) {
      Flow(from: $0.previous?.primary, to: $0.now?.primary, count: 0)
    }
    .map { Flow(from: $0.key.from, to: $0.key.to, count: $0.value.count) }
    .sorted { (place($0.from), place($0.to)) < (place($1.from), place($1.to)) }
  }

  var figure: Figure {
    let words = context.words
    let flows = Self.flows(view)
    return Figure(
      anchor: Anchor("flow"), title: words(ReassignmentKey.flowTitle),
      description: words(ReassignmentKey.flowDescription, describe(flows)),
      width: Self.size.width, height: Self.size.height, drawing: drawing(flows),
      table: table(flows))
  }

  private func describe(_ flows: [Flow]) -> String {
    let moves = flows.filter { $0.from != $0.to }
    guard !moves.isEmpty else { return context.words(ReassignmentKey.nobodyMoves) }
    return moves.map {
      "\($0.from ?? "–") → \($0.to ?? "–"): \(context.formats.whole($0.count))"
    }.joined(separator: ", ")
  }

  private func table(_ flows: [Flow]) -> DataTable {
    let words = context.words
    var table = DataTable(
      .init(title: words(ReassignmentKey.from)), .init(title: words(ReassignmentKey.to)),
      .init(title: words(ReassignmentKey.participants), isNumber: true))
    func name(_ label: String?) -> Node {
      label.map(context.networkName) ?? .text(words(ReassignmentKey.none))
    }
    for flow in flows {
      table.add(name(flow.from), name(flow.to), .text(context.formats.whole(flow.count)))
    }
    return table
  }

  // MARK: - Drawing

  private func drawing(_ flows: [Flow]) -> [Node] {
    let labels = view.networks.map(\.network)
    let total = flows.reduce(0) { $0 + $1.count }
    guard total > 0 else { return [] }
    let hasNone = flows.contains { $0.from == nil || $0.to == nil }
    let keys = labels.map(Optional.some) + (hasNone ? [nil] : [])
    let head = 26.0
    let room = Self.size.height - head - Self.node.gap * Double(keys.count - 1)
    let unit = room / Double(total)
    func tops(_ side: (Flow) -> String?) -> [String?: Double] {
      var tops: [String?: Double] = [:]
      var y = head
      for key in keys {
        tops[key] = y
        y += unit * Double(sum(flows, key, side)) + Self.node.gap
      }
      return tops
    }
    let (before, now) = (tops(\.from), tops(\.to))
    var (out, into) = (before, now)
    var bands: [(isMove: Bool, node: Node)] = []
    for flow in flows {
      let height = unit * Double(flow.count)
      let (y1, y2) = (out[flow.from] ?? 0, into[flow.to] ?? 0)
      out[flow.from] = y1 + height
      into[flow.to] = y2 + height
      bands.append((flow.from != flow.to, band(flow, y1, y2, height)))
    }
    var nodes = [
      label(
        Self.left + 10, 14, context.words(ReassignmentKey.before), anchor: "end",
        class: "label quiet"),
      label(Self.right, 14, context.words(ReassignmentKey.now), class: "label quiet"),
    ]
    // Moves lie above those who stay.
    nodes += bands.filter { !$0.isMove }.map(\.node)
    nodes += bands.filter(\.isMove).map(\.node)
    for key in keys {
      nodes += column(
        key, Self.left, before[key] ?? 0, sum(flows, key, \.from), unit, isLeft: true)
      nodes += column(key, Self.right, now[key] ?? 0, sum(flows, key, \.to), unit, isLeft: false)
    }
    return nodes
  }

  private func sum(_ flows: [Flow], _ key: String?, _ side: (Flow) -> String?) -> Int {
    flows.reduce(0) { $0 + (side($1) == key ? $1.count : 0) }
  }

  private func band(_ flow: Flow, _ y1: Double, _ y2: Double, _ height: Double) -> Node {
    let (x1, x2) = (Self.left + Self.node.width, Self.right)
    let middle = coordinate((x1 + x2) / 2)
    func c(_ value: Double) -> String { coordinate(value) }
    let isMove = flow.from != flow.to
    return tag(
      "path",
      .class(
        "band \(isMove ? "move" : "stay") \((flow.to ?? flow.from).map(Palette.className(of:)) ?? "n0")"
      ),
      Attribute(
        "d",
        "M\(c(x1)) \(c(y1))C\(middle) \(c(y1)) \(middle) \(c(y2)) \(c(x2)) \(c(y2))"
          + "V\(c(y2 + height))C\(middle) \(c(y2 + height)) \(middle) \(c(y1 + height)) "
          + "\(c(x1)) \(c(y1 + height))Z")
    ) {
      tag("title") {
        "\(flow.from ?? "–") → \(flow.to ?? "–"): \(context.formats.whole(flow.count))"
      }
    }
  }

  private func column(
    _ key: String?, _ x: Double, _ y: Double, _ count: Int, _ unit: Double, isLeft: Bool
  ) -> [Node] {
    let height = max(1, unit * Double(count))
    let name = key ?? context.words(ReassignmentKey.none)
    let baseline = y + height / 2 + 4.5
    return [
      rectangle(
        x, y, Self.node.width, height, radius: 2,
        class: "swatch \(key.map(Palette.className(of:)) ?? "n0")"),
      label(
        isLeft ? x - 36 : x + Self.node.width + 36, baseline, name,
        anchor: isLeft ? "end" : "start", class: "label strong"),
      label(
        isLeft ? x - 8 : x + Self.node.width + 8, baseline, context.formats.whole(count),
        anchor: isLeft ? "end" : "start", class: "label quiet"),
    ]
  }
}
