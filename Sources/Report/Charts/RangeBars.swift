/// How full groups are: what each has, between the least and the most it may have.
struct RangeBars {
  struct Row {
    var name: String
    /// The class of the bar's colour.
    var colour = "accent"
    var reached: Int
    var minimum: Int?
    var maximum: Int?
    /// What was aimed at.
    var target: Int?
    /// What it had before.
    var before: Int?

    var isKept: Bool { reached >= minimum ?? 0 && reached <= maximum ?? .max }
  }

  let rows: [Row]
  let words: Words

  static let width = 400.0
  private static let pitch = 46.0

  var height: Double { Self.pitch * Double(rows.count) + 4 }

  private var scale: Double {
    let most = rows.flatMap { [$0.reached, $0.maximum ?? 0, $0.target ?? 0, $0.before ?? 0] }.max()
    return (Self.width - 4) / Double(max(1, most ?? 1))
  }

  var drawing: [Node] {
    rows.enumerated().flatMap { place, row in drawing(row, top: Double(place) * Self.pitch) }
  }

  private func drawing(_ row: Row, top: Double) -> [Node] {
    let formats = words.formats
    let scale = scale
    func x(_ value: Int) -> Double { Double(value) * scale }
    let bar = top + 24
    let figures =
      if let target = row.target {
        words(SharedKey.reachedOf, formats.whole(row.reached), formats.whole(target))
      } else {
        (row.before.map { $0 == row.reached ? "" : formats.whole($0) + " → " } ?? "")
          + formats.whole(row.reached)
      }
    var nodes = [
      label(0, top + 15, row.name.cut(44) ?? row.name),
      label(
        Self.width, top + 15, (row.isKept ? "" : "⚠ ") + figures, anchor: "end",
        class: row.isKept ? "label strong" : "label strong bad"),
      rectangle(0, bar, Self.width, 10, radius: 5, class: "track"),
    ]
    if row.maximum != nil || row.minimum != nil {
      let start = x(row.minimum ?? 0)
      let end = row.maximum.map { min(x($0), Self.width) } ?? Self.width
      nodes.append(rectangle(start, bar, end - start, 10, radius: 5, class: "allowed"))
    }
    if row.reached > 0 {
      nodes.append(
        rectangle(
          0, bar + 2, max(6, x(row.reached)), 6, radius: 3,
          class: "bar \(row.isKept ? row.colour : "bad")"))
    }
    if let before = row.before, before != row.reached {
      nodes.append(
        tag(
          "circle", .number("cx", max(4, x(before))), .number("cy", bar + 5), Attribute("r", "4"),
          .class("before")))
    }
    for bound in [row.minimum, row.maximum, row.target].compactMap(\.self)
    where bound > 0 {
      nodes.append(rectangle(x(bound) - 1, bar - 3, 2, 16, class: "mark"))
    }
    return nodes
  }

  var table: DataTable {
    let hasBefore = rows.contains { $0.before != nil }
    var table = DataTable(.init(title: words(SharedKey.group)))
    func text(_ value: Int?) -> Node { .text(value.map(words.formats.whole) ?? "–") }
    table.columns += [.init(title: words(SharedKey.reached), isNumber: true)]
    if hasBefore { table.columns.append(.init(title: words(SharedKey.before), isNumber: true)) }
    table.columns += [SharedKey.target, .minimum, .maximum].map {
      .init(title: words($0), isNumber: true)
    }
    for row in rows {
      table.rows.append(
        [tag("bdi") { row.name }, text(row.reached)] + (hasBefore ? [text(row.before)] : [])
          + [text(row.target), text(row.minimum), text(row.maximum)])
    }
    return table
  }

  /// Every group with its figures, in words.
  var description: String {
    rows.map { row in
      let bounds = [
        row.target.map { words(SharedKey.targetIs, words.formats.whole($0)) },
        row.minimum.map { words(SharedKey.minimumIs, words.formats.whole($0)) },
        row.maximum.map { words(SharedKey.maximumIs, words.formats.whole($0)) },
      ].compactMap(\.self)
      return "\(row.name): "
        + ([words.formats.whole(row.reached)] + bounds).joined(separator: ", ")
    }.joined(separator: "; ")
  }
}
