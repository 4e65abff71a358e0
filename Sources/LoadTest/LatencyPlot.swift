import Foundation

/// A load test as a picture: latency over percentiles, and over time.
package enum LatencyPlot {
  /// One self-contained SVG file.
  package static func svg(_ report: LoadReport) -> String {
    var image = SVGText()
    image.open(
      "svg",
      [
        ("xmlns", "http://www.w3.org/2000/svg"), ("viewBox", "0 0 920 760"), ("role", "img"),
        ("aria-labelledby", "title description"),
      ])
    image.element("title", [("id", "title")], "Latency under load")
    image.element(
      "desc", [("id", "description")],
      "\(Int(report.achieved)) of \(Int(report.rate)) calls a second answered on "
        + "\(report.connections) connections; median \(text(report.latency.p50)), 99 % within "
        + "\(text(report.latency.p99)), longest \(text(report.latency.max)).")
    image.element("style", [], style)
    image.element("rect", [("class", "paper"), ("width", "920"), ("height", "760")])
    image.element(
      "text", [("x", "60"), ("y", "34"), ("class", "head")],
      "\(Int(report.achieved)) of \(Int(report.rate)) calls a second, \(report.connections) "
        + "connections, \(report.mix)")
    percentiles(report, &image)
    overTime(report, &image)
    image.close("svg")
    return image.text
  }

  /// Okabe and Ito's colours, which the colour-blind tell apart.
  private static let colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7"]

  private static let style = """
    text { font: 13px system-ui, sans-serif; fill: #222 } .head { font-size: 16px; \
    font-weight: 600 } .paper { fill: #fff } .grid { stroke: #ddd } .axis { stroke: #666 } \
    path { fill: none; stroke-width: 2 } \
    @media (prefers-color-scheme: dark) { text { fill: #eee } .paper { fill: #1b1b1b } \
    .grid { stroke: #3a3a3a } .axis { stroke: #999 } }
    """

  /// A panel's frame with a logarithmic scale of microseconds upwards.
  private struct Panel {
    var top: Double
    var title: String
    var lowest: Double
    var highest: Double
    static let (left, width, height) = (80.0, 800.0, 250.0)

    init(top: Double, title: String, values: [Double]) {
      self.top = top
      self.title = title
      let positive = values.filter { $0 > 0 }
      lowest = pow(10, (log10(positive.min() ?? 1)).rounded(.down))
      highest = max(lowest * 10, pow(10, (log10(positive.max() ?? 10)).rounded(.up)))
    }

    func y(_ value: Double) -> Double {
      let share = log10(max(value, lowest) / lowest) / log10(highest / lowest)
      return top + Self.height * (1 - share)
    }

    func draw(_ image: inout SVGText, ticks: [(share: Double, label: String)], below: String) {
      image.element(
        "text", [("x", "\(Self.left)"), ("y", "\(top - 12)"), ("class", "head")], title)
      var value = lowest
      while value <= highest * 1.001 {
        image.line(Self.left, y(value), Self.left + Self.width, y(value), "grid")
        image.element(
          "text",
          [("x", "\(Self.left - 8)"), ("y", "\(y(value) + 4)"), ("text-anchor", "end")],
          LatencyPlot.text(value))
        value *= 10
      }
      for tick in ticks {
        let x = Self.left + Self.width * tick.share
        image.line(x, top, x, top + Self.height, "grid")
        image.element(
          "text",
          [("x", "\(x)"), ("y", "\(top + Self.height + 18)"), ("text-anchor", "middle")],
          tick.label)
      }
      image.line(Self.left, top + Self.height, Self.left + Self.width, top + Self.height, "axis")
      image.element(
        "text",
        [
          ("x", "\(Self.left + Self.width)"), ("y", "\(top + Self.height + 38)"),
          ("text-anchor", "end"),
        ], below)
    }
  }

  private static func percentiles(_ report: LoadReport, _ image: inout SVGText) {
    let lines = report.byOperation.sorted { $0.key < $1.key }
    let panel = Panel(
      top: 90, title: "Latency over percentiles",
      values: lines.flatMap { $0.value.curve.map { $0[1] } })
    // One nine more is as far as the last.
    let nines = max(1, lines.flatMap { $0.value.curve.map { -log10(1 - $0[0]) } }.max() ?? 1)
    let ticks = [
      (0.0, "0"), (0.5, "50"), (0.9, "90"), (0.99, "99"), (0.999, "99.9"),
      (0.9999, "99.99"), (0.99999, "99.999"),
    ]
    .map { (share: -log10(1 - $0.0) / nines, label: "\($0.1) %") }
    .filter { $0.share <= 1.001 }
    panel.draw(&image, ticks: ticks, below: "of all calls were not slower")
    for (place, line) in lines.enumerated() {
      let points = line.value.curve.map { point in
        (Panel.left + Panel.width * -log10(1 - point[0]) / nines, panel.y(point[1]))
      }
      image.path(points, colours[place % colours.count])
      legend(line.key, place, top: panel.top, &image)
    }
  }

  private static func overTime(_ report: LoadReport, _ image: inout SVGText) {
    let panel = Panel(
      top: 440, title: "Latency over time",
      values: report.intervals.flatMap { [$0.p50, $0.p99, $0.max] })
    let last = max(1, Double(report.intervals.count))
    let step = [1.0, 2, 5, 10, 30, 60, 120, 300, 600].first { last / $0 <= 12 } ?? 1200
    let ticks = stride(from: 0.0, through: last, by: step).map {
      (share: $0 / last, label: "\(Int($0)) s")
    }
    panel.draw(&image, ticks: ticks, below: "seconds since the start")
    let lines: [(String, (LoadReport.Interval) -> Double)] = [
      ("median", { $0.p50 }), ("99 %", { $0.p99 }), ("longest", { $0.max }),
    ]
    for (place, line) in lines.enumerated() {
      let points = report.intervals.filter { $0.calls > 0 }.map { interval in
        (
          Panel.left + Panel.width * (Double(interval.second) + 0.5) / last,
          panel.y(line.1(interval))
        )
      }
      image.path(points, colours[place])
      legend(line.0, place, top: panel.top, &image)
    }
    for interval in report.intervals where interval.errors > 0 {
      let x = Panel.left + Panel.width * (Double(interval.second) + 0.5) / last
      image.element(
        "text", [("x", "\(x)"), ("y", "\(panel.top + 12)"), ("text-anchor", "middle")],
        "✕ \(interval.errors)")
    }
  }

  private static func legend(
    _ name: String, _ place: Int, top: Double, _ image: inout SVGText
  ) {
    let x = Panel.left + Panel.width - 420 + Double(place) * 110
    image.path([(x, top - 16), (x + 24, top - 16)], colours[place % colours.count])
    image.element("text", [("x", "\(x + 30)"), ("y", "\(top - 12)")], name)
  }

  /// "850 µs", "12 ms", "1.5 s".
  static func text(_ microseconds: Double) -> String {
    switch microseconds {
    case ..<1000: "\(String(format: "%.3g", microseconds)) µs"
    case ..<1_000_000: "\(String(format: "%.3g", microseconds / 1000)) ms"
    default: "\(String(format: "%.3g", microseconds / 1_000_000)) s"
    }
  }
}

/// SVG being written; everything is escaped here.
private struct SVGText {
  private(set) var text = ""

  mutating func open(_ name: String, _ attributes: [(String, String)]) {
    text += "<\(name)"
    for (key, value) in attributes { text += " \(key)=\"\(Self.escaped(value))\"" }
    text += ">"
  }

  mutating func close(_ name: String) { text += "</\(name)>\n" }

  mutating func element(
    _ name: String, _ attributes: [(String, String)], _ content: String = ""
  ) {
    open(name, attributes)
    text += Self.escaped(content)
    close(name)
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ kind: String) {
    element(
      "line",
      [
        ("class", kind), ("x1", Self.number(x1)), ("y1", Self.number(y1)),
        ("x2", Self.number(x2)), ("y2", Self.number(y2)),
      ])
  }

  mutating func path(_ points: [(Double, Double)], _ colour: String) {
    guard !points.isEmpty else { return }
    let steps = points.enumerated().map { place, point in
      "\(place == 0 ? "M" : "L")\(Self.number(point.0)) \(Self.number(point.1))"
    }
    element("path", [("d", steps.joined()), ("stroke", colour)])
  }

  private static func number(_ value: Double) -> String { String(format: "%.1f", value) }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
      .replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
  }
}
