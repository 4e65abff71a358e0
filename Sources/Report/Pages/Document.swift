import Programme
import Results

/// The whole file: what stands round its pages, and their order.
package struct Document {
  private let context: Context

  package init(_ dossier: Dossier) { context = Context(dossier) }

  /// The file's bytes, in UTF-8.
  ///
  /// - Complexity: O(size of the file).
  package func bytes() -> [UInt8] {
    var writer = MarkupWriter()
    writer.writeDoctype()
    writer.write(root)
    return writer.bytes
  }

  private struct Page {
    var anchor: Anchor
    var title: String
    var node: Node
  }

  private var root: Node {
    let pages = mainPages
    let details = context.dossier.people.filter { $0.details != nil }
    let isSingle = pages.isEmpty && details.count == 1
    return tag(
      "html", Attribute("lang", context.words.language.rawValue),
      Attribute("xmlns", "http://www.w3.org/1999/xhtml")
    ) {
      head(isSingle ? details.first?.ref.name : nil)
      tag("body") {
        tag("a", .class("skip"), .link(Anchor("main"))) { context.words(SharedKey.skip) }
        masthead(pages)
        tag("main", .id("main"), Attribute("tabindex", "-1")) {
          for (place, page) in pages.enumerated() {
            section(page.anchor, isCurrent: place == 0, page.title) { page.node }
          }
          for person in details {
            let anchor = Anchor("participant", person.ref.id)
            section(anchor, isCurrent: isSingle, person.ref.name) {
              Node.later { ParticipantPage(context: context, person: person).node }
            }
          }
        }
        footer
        tag("script") { String(decoding: PackageResources.dossier_js, as: UTF8.self) }
      }
    }
  }

  private var mainPages: [Page] {
    var pages: [Page] = []
    if let cohort = context.dossier.cohort {
      pages.append(
        Page(
          anchor: Anchor("cohort"), title: context.words(SharedKey.cohort),
          node: CohortPage(context: context, cohort: cohort).node))
    }
    if let reassignment = context.dossier.reassignment {
      pages.append(
        Page(
          anchor: Anchor("reassignment"), title: context.words(SharedKey.reassignment),
          node: ReassignmentPage(context: context, view: reassignment).node))
    }
    if context.dossier.cohort != nil {
      pages.append(
        Page(
          anchor: Anchor("participants"), title: context.words(SharedKey.participants),
          node: PeoplePage(context: context).node))
    }
    return pages
  }

  private func section(
    _ anchor: Anchor, isCurrent: Bool, _ title: String, @NodeBuilder content: () -> [Node]
  ) -> Node {
    tag(
      "section", .id(anchor.id), .class(isCurrent ? "page current" : "page"),
      Attribute("data-title", title.cut(Context.longestName) ?? title),
      content: content)
  }

  // MARK: - Round the pages

  private func head(_ person: String?) -> Node {
    let words = context.words
    let title = [person.map { $0.cut(Context.longestName) ?? $0 }, words(SharedKey.title)]
      .compactMap(\.self).joined(separator: " – ")
    return tag("head") {
      tag("meta", Attribute("charset", "utf-8"))
      tag(
        "meta", Attribute("http-equiv", "Content-Security-Policy"),
        Attribute(
          "content",
          "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
            + "img-src data:; base-uri 'none'; form-action 'none'"))
      tag(
        "meta", Attribute("name", "viewport"),
        Attribute("content", "width=device-width, initial-scale=1"))
      tag("meta", Attribute("name", "referrer"), Attribute("content", "no-referrer"))
      tag("title") { "\(title) – \(context.programme.name)" }
      tag("link", Attribute("rel", "icon"), Attribute("href", "data:,"))
      tag("style") {
        Palette.styles + "\n" + String(decoding: PackageResources.dossier_css, as: UTF8.self)
      }
      // Before the first paint: without it every page would show for a moment.
      tag("script") { "document.documentElement.classList.add('js');" }
    }
  }

  private func masthead(_ pages: [Page]) -> Node {
    let words = context.words
    return tag("header", .class("masthead")) {
      tag("div", .class("wide")) {
        tag("p", .class("programme")) { tag("bdi") { context.programme.name } }
        tag("p", .class("dossier-title")) {
          words(SharedKey.title)
          tag("span", .class("date")) {
            tag("time", Attribute("datetime", context.dossier.provenance.day.iso)) {
              context.formats.date(context.dossier.provenance.day)
            }
          }
        }
        if pages.count > 1 {
          tag("nav", Attribute("aria-label", words(SharedKey.pages))) {
            tag("ul") {
              for (place, page) in pages.enumerated() {
                tag("li") {
                  tag(
                    "a",
                    with: [.link(page.anchor)]
                      + (place == 0 ? [Attribute("aria-current", "page")] : [])
                  ) { page.title }
                }
              }
            }
          }
        }
      }
    }
  }

  private var footer: Node {
    let words = context.words
    let provenance = context.dossier.provenance
    var facts: [(SharedKey, String)] = [(.source, words.source(provenance.source))]
    if let author = provenance.author { facts.append((.author, author)) }
    facts.append(
      (
        .definition,
        words(
          SharedKey.definitionVersion, context.programme.name,
          context.formats.whole(context.programme.version))
      ))
    if let cohort = context.dossier.cohort {
      facts.append(
        (
          .pairing,
          words(
            provenance.cohortFile == nil ? SharedKey.pairedNow : SharedKey.pairedBefore,
            words(ObjectiveKey.of(cohort.objective)), "\(cohort.seed)",
            provenance.cohortFile ?? "")
        ))
    }
    if let file = provenance.reassignmentFile {
      facts.append((.reassignment, words(SharedKey.readFrom, file)))
    }
    return tag("footer", .class("about")) {
      tag("div", .class("wide")) {
        tag("h2") { words(SharedKey.about) }
        tag("p") { words(SharedKey.aboutText) }
        if provenance.source == .sample { tag("p") { words(SharedKey.illustrative) } }
        tag("dl", .class("facts")) {
          for (key, value) in facts {
            tag("div") {
              tag("dt") { words(key) }
              tag("dd") { tag("bdi") { value } }
            }
          }
        }
        if let note = context.programme.note {
          tag("p", .class("note"), Attribute("lang", "en")) { note }
        }
        tag("p", .class("note")) { words(SharedKey.mapCredit) }
      }
    }
  }
}

extension Words {
  func source(_ source: Dossier.Provenance.Source) -> String {
    switch source {
    case .sample: self(SharedKey.fromSample)
    case .file(let name): self(SharedKey.fromFile, name)
    case .server(let name): self(SharedKey.fromServer, name)
    }
  }
}
