import Foundation
import FoundationXML

/// Markup as a parser of XML sees it.
final class ParsedMarkup: NSObject, XMLParserDelegate {
  struct Element {
    var name: String
    var attributes: [String: String]
    var text = ""
  }

  private(set) var elements: [Element] = []
  private(set) var text = ""
  private var open: [Int] = []
  private(set) var problem: String?

  init(_ bytes: [UInt8]) {
    super.init()
    let parser = XMLParser(data: Data(bytes))
    parser.delegate = self
    if !parser.parse() {
      problem =
        "line \(parser.lineNumber), column \(parser.columnNumber): "
        + "\(parser.parserError.map { "\($0)" } ?? "unknown")"
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    open.append(elements.count)
    elements.append(Element(name: name, attributes: attributes))
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) { open.removeLast() }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    text += string
    for place in open { elements[place].text += string }
  }

  func parser(_ parser: XMLParser, foundCDATA data: Data) {
    self.parser(parser, foundCharacters: String(decoding: data, as: UTF8.self))
  }

  func all(_ name: String, _ className: String? = nil) -> [Element] {
    elements.filter { element in
      element.name == name
        && (className.map { wanted in
          (element.attributes["class"] ?? "").split(separator: " ").contains { $0 == wanted }
        } ?? true)
    }
  }

  func element(id: String) -> Element? { elements.first { $0.attributes["id"] == id } }
}
