/// A drawing with a name, a description in words, and the table of its figures behind it.
struct Figure {
  var anchor: Anchor
  var title: String
  /// What the drawing shows, for who does not see it.
  var description: String
  /// Where the drawing begins.
  var left = 0.0
  var width: Double
  var height: Double
  var drawing: [Node]
  var table: DataTable
  /// What stands below the drawing, such as a legend.
  var note: [Node] = []

  func node(_ words: Words, class name: String = "") -> Node {
    tag("figure", .id(anchor.id), .class("chart \(name)")) {
      tag("figcaption") { tag("h2") { title } }
      tag("div", .class("drawing")) {
        tag(
          "svg", Attribute("role", "img"),
          Attribute("aria-labelledby", "\(anchor.id)-title \(anchor.id)-desc"),
          Attribute("viewBox", "\(coordinate(left)) 0 \(coordinate(width)) \(coordinate(height))")
        ) {
          tag("title", .id("\(anchor.id)-title")) { title }
          tag("desc", .id("\(anchor.id)-desc")) { description }
          drawing
        }
      }
      note
      tag("details", .class("data")) {
        tag("summary") { words(SharedKey.asTable) }
        table.node(caption: title)
      }
    }
  }
}

/// Figures in rows and columns; the first column names the row.
struct DataTable {
  struct Column {
    var title: String
    var isNumber = false
  }

  var columns: [Column]
  var rows: [[Node]] = []

  init(_ columns: Column...) { self.columns = columns }

  mutating func add(_ cells: Node...) { rows.append(cells) }

  /// A table that scrolls within its own box where the page is narrower. Cells know
  /// their columns' titles, for tables that the style sheet stacks on a phone.
  func node(caption: String, class name: String = "") -> Node {
    tag(
      "div", .class("scroll"), Attribute("tabindex", "0"), Attribute("role", "region"),
      Attribute("aria-label", caption)
    ) {
      tag("table", .class(name)) {
        tag("caption", .class("hidden-text")) { caption }
        tag("thead") {
          tag("tr") {
            for column in columns {
              tag("th", with: Self.attributes(column, scope: "col")) { column.title }
            }
          }
        }
        tag("tbody") {
          for row in rows {
            tag("tr") {
              for (place, cell) in row.enumerated() {
                if place == 0 {
                  tag("th", with: Self.attributes(columns[place], scope: "row")) { cell }
                } else {
                  tag(
                    "td",
                    with: Self.attributes(columns[place], scope: nil)
                      + (name.isEmpty ? [] : [Attribute("data-label", columns[place].title)])
                  ) { cell }
                }
              }
            }
          }
        }
      }
    }
  }

  private static func attributes(_ column: Column, scope: String?) -> [Attribute] {
    (scope.map { [Attribute("scope", $0)] } ?? [])
      + (column.isNumber ? [.class("number")] : [])
  }
}

// MARK: - Parts of drawings

func rectangle(
  _ x: Double, _ y: Double, _ width: Double, _ height: Double, radius: Double = 0,
  class name: String
) -> Node {
  tag(
    "rect",
    with: [
      .number("x", x), .number("y", y), .number("width", max(0, width)),
      .number("height", max(0, height)), .class(name),
    ] + (radius > 0 ? [.number("rx", radius)] : []))
}

/// - Parameter anchor: "start", "middle" or "end".
func label(
  _ x: Double, _ y: Double, _ text: String, anchor: String = "start", class name: String = "label"
) -> Node {
  tag(
    "text", .number("x", x), .number("y", y), Attribute("text-anchor", anchor), .class(name)
  ) { text }
}
