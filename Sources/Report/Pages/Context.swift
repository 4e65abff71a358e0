import Foundation
import Programme
import Results

/// What every page needs: the dossier, its words, and who is who.
struct Context {
  let dossier: Dossier
  let words: Words
  let names: ProgrammeNames
  private let places: [String: Int]

  init(_ dossier: Dossier) {
    self.dossier = dossier
    words = Words(dossier.language)
    names = ProgrammeNames(dossier.programme, words)
    places = Dictionary(
      dossier.people.enumerated().map { ($1.ref.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  var programme: ProgrammeDefinition { dossier.programme }
  var formats: Formats { words.formats }

  func person(_ id: String) -> Dossier.Person? { places[id].map { dossier.people[$0] } }

  /// Where a participant's page is, if it has one.
  func anchor(_ id: String) -> Anchor? {
    person(id)?.details == nil ? nil : Anchor("participant", id)
  }

  /// A participant's name, a link to its page where there is one.
  func link(_ ref: ParticipantRef) -> Node {
    guard let anchor = anchor(ref.id) else { return Self.name(ref.name) }
    return tag("a", .link(anchor)) { Self.name(ref.name) }
  }

  /// The most characters that a name takes on a page.
  static let longestName = 80

  /// A name of any script and any length: isolated, so that its direction leaves the rest
  /// alone, and cut where it would fill the page.
  static func name(_ text: String) -> Node {
    guard let cut = text.cut(longestName) else { return tag("bdi") { text } }
    return tag("bdi", Attribute("title", text)) { cut }
  }

  /// A country as the page names it.
  func country(_ code: String) -> Node {
    tag("span", .class("country")) { names.country(code) }
  }

  /// The label of a network in its colour, with its name to read.
  func chip(_ label: String) -> Node {
    tag(
      "span", .class("chip \(Palette.className(of: label))"),
      Attribute("title", names.network(label))
    ) { label }
  }

  /// The label of a network and its short name.
  func networkName(_ label: String) -> Node {
    .group([chip(label), .text(" "), tag("span") { names.shortNetwork(label) }])
  }
}

extension String {
  /// The beginning of a text that is longer than so many characters, with an ellipsis;
  /// nil when it is not.
  func cut(_ length: Int) -> String? {
    // Characters are at least a byte each, and counting them costs more.
    guard utf8.count > length else { return nil }
    guard let end = index(startIndex, offsetBy: length, limitedBy: endIndex), end < endIndex else {
      return nil
    }
    // One character can be made of any number of scalars.
    let text = self[..<end].prefix(length - 1)
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(4 * length))) + "…"
  }
}
