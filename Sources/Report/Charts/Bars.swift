import Programme
import Results

/// A part of a whole as a bar as wide as its box. The number stands beside it, so that it
/// says nothing of its own.
func bar(_ share: Double, class name: String) -> Node {
  tag(
    "svg", .class("bar-line"), Attribute("viewBox", "0 0 100 8"),
    Attribute("preserveAspectRatio", "none"), Attribute("aria-hidden", "true"),
    Attribute("focusable", "false")
  ) {
    rectangle(0, 0, 100, 8, class: "track")
    rectangle(0, 0, 100 * min(1, max(0, share)), 8, class: "bar \(name)")
  }
}

/// What a score is made of, as one bar of several parts.
struct FactorBar {
  let factors: [SuggestionView.FactorView]
  /// The score that fills the whole width.
  let most: Double

  func node(_ anchor: Anchor, title: String, _ words: Words) -> Node {
    var x = 0.0
    var parts: [Node] = []
    for factor in factors.sorted(by: { $0.contribution > $1.contribution })
    where factor.contribution > 0 && most > 0 {
      let width = 100 * factor.contribution / most
      parts.append(
        tag(
          "rect", Attribute("x", Self.fine(x)), Attribute("y", "0"),
          Attribute("width", Self.fine(max(0.2, width - 0.35))), Attribute("height", "12"),
          .class("part \(Palette.className(of: factor.factor))")
        ) {
          tag("title") {
            words(FactorKey.of(factor.factor)) + ": " + words.formats.score(factor.contribution)
          }
        })
      x += width
    }
    return tag(
      "svg", .class("factor-bar"), Attribute("role", "img"),
      Attribute("aria-labelledby", "\(anchor.id)-title \(anchor.id)-desc"),
      Attribute("viewBox", "0 0 100 12"), Attribute("preserveAspectRatio", "none")
    ) {
      tag("title", .id("\(anchor.id)-title")) { title }
      tag("desc", .id("\(anchor.id)-desc")) {
        factors.sorted { $0.contribution > $1.contribution }.map {
          "\(words(FactorKey.of($0.factor))): \(words.formats.score($0.contribution))"
        }.joined(separator: ", ")
      }
      parts
    }
  }

  /// Two decimals: one is too coarse where a hundred units are the whole width.
  private static func fine(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    return "\(Double(hundredths) / 100)"
  }
}
