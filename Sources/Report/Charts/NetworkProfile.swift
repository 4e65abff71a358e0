import Programme
import Results

/// A participant's probability for each network as bars, and what its plan says for it.
struct NetworkProfile {
  let context: Context
  let person: Dossier.Person

  /// The most characters of a passage that are shown.
  private static let longestPassage = 2_000

  private var words: Words { context.words }
  private var formats: Formats { context.formats }
  private var classification: ClassificationView? { person.details?.classification }

  private var scores: [ScoreView] { classification?.scores ?? person.view?.scores ?? [] }
  private var primary: String? { classification?.primary ?? person.view?.primary }
  private var further: [String] { classification?.further ?? person.view?.further ?? [] }

  var node: Node {
    tag("section", .class("block profile")) {
      tag("h2") { words(ParticipantKey.profile) }
      if scores.isEmpty {
        tag("p") { words(ParticipantKey.noPlan) }
      } else {
        tag("p", .class("note")) { words(ParticipantKey.profileNote) }
        tag("ol", .class("networks"), Attribute("aria-label", words(ParticipantKey.profile))) {
          for score in scores { tag("li") { row(score) } }
        }
        tag("details", .class("data")) {
          tag("summary") { words(SharedKey.asTable) }
          table.node(caption: words(ParticipantKey.profile))
        }
      }
    }
  }

  private func row(_ score: ScoreView) -> Node {
    let evidence = classification?.evidence.first { $0.network == score.network }
    let line: [Node] = [
      tag("span", .class("name")) {
        context.networkName(score.network)
        if score.network == primary {
          tag("span", .class("tag")) { words(ParticipantKey.primary) }
        } else if further.contains(score.network) {
          tag("span", .class("tag")) { words(ParticipantKey.further) }
        }
      },
      bar(score.probability, class: Palette.className(of: score.network)),
      tag("span", .class("figure")) { formats.percent(score.probability) },
    ]
    guard let evidence, !evidence.passages.isEmpty else {
      return tag("div", .class("network-row")) { line }
    }
    return tag(
      "details", .class("network-row evidence"), Attribute("data-network", score.network)
    ) {
      tag("summary") { line }
      for passage in evidence.passages { quotation(passage, score.network) }
      tag("p", .class("note")) { words(ParticipantKey.marksNote) }
    }
  }

  private var table: DataTable {
    var table = DataTable(
      .init(title: words(CohortKey.network)),
      .init(title: words(ParticipantKey.probability), isNumber: true),
      .init(title: words(ParticipantKey.logit), isNumber: true))
    for score in scores {
      table.add(
        context.networkName(score.network), .text(formats.percent(score.probability)),
        .text(formats.signed(score.logit)))
    }
    return table
  }

  // MARK: - Passages

  private func quotation(_ passage: ClassificationView.PassageView, _ network: String) -> Node {
    let language = person.participant?.signals.plan?.language
    return tag(
      "blockquote",
      with: [.class("passage \(Palette.className(of: network))"), Attribute("dir", "auto")]
        + (language.map { [Attribute("lang", $0)] } ?? [])
    ) {
      marked(passage)
    }
  }

  /// The passage with the words that carry the network, the stronger the more.
  private func marked(_ passage: ClassificationView.PassageView) -> [Node] {
    let text = passage.text
    let utf8 = text.utf8
    let strongest = passage.words.map(\.contribution).max() ?? 0
    var nodes: [Node] = []
    var at = utf8.startIndex
    let limit =
      text.index(
        text.startIndex, offsetBy: Self.longestPassage, limitedBy: text.endIndex) ?? text.endIndex
    for word in passage.words.sorted(by: { $0.start < $1.start })
    where word.contribution >= 0.1 * strongest && word.contribution > 0 {
      let offset = word.start - passage.start
      guard offset >= 0, !word.text.isEmpty,
        let start = utf8.index(utf8.startIndex, offsetBy: offset, limitedBy: utf8.endIndex),
        let end = utf8.index(start, offsetBy: word.text.utf8.count, limitedBy: utf8.endIndex),
        start >= at, end <= limit, utf8[start..<end].elementsEqual(word.text.utf8)
      else { continue }
      if at < start { nodes += Self.paragraphs(text[at..<start]) }
      nodes.append(mark(word, strength: word.contribution / strongest))
      at = end
    }
    if at < limit { nodes += Self.paragraphs(text[at..<limit]) }
    if limit < text.endIndex { nodes.append(.text("…")) }
    return nodes
  }

  /// Text with a gap where an empty line stands.
  private static func paragraphs(_ text: Substring) -> [Node] {
    var nodes: [Node] = []
    for (place, part) in text.split(separator: "\n\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      if place > 0 { nodes.append(tag("span", .class("gap"))) }
      nodes.append(.text(String(part)))
    }
    return nodes
  }

  private func mark(_ word: ClassificationView.WordView, strength: Double) -> Node {
    let level = min(4, max(1, Int((strength * 4).rounded(.up))))
    return tag(
      "mark", .class("weight-\(level)"),
      Attribute("title", words(ParticipantKey.adds, formats.signed(word.contribution)))
    ) { word.text }
  }
}
