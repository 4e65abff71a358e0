/// A piece of a page: an element, text, or several pieces.
///
/// What a page shows is text until the writer writes it; only there, and everywhere
/// there, it is escaped. Names are `StaticString`s, so that no data can become markup.
package enum Node {
  case element(Element)
  case text(String)
  case group([Node])
  /// Made when it is written, and gone then: a thousand pages need never be there at once.
  case later(() -> Node)

  package struct Element {
    package var name: StaticString
    package var attributes: [Attribute]
    package var children: [Node]
  }
}

/// A name and a value; the value is text, whatever it contains.
package struct Attribute: Sendable {
  package var name: StaticString
  package var value: String

  package init(_ name: StaticString, _ value: String) {
    self.name = name
    self.value = value
  }
}

extension Attribute {
  static func id(_ value: String) -> Attribute { Attribute("id", value) }
  static func `class`(_ value: String) -> Attribute { Attribute("class", value) }
  /// A link within the document; there are no others.
  static func link(_ anchor: Anchor) -> Attribute { Attribute("href", "#" + anchor.id) }
  static func number(_ name: StaticString, _ value: Double) -> Attribute {
    Attribute(name, coordinate(value))
  }
}

/// A place of the document that can be linked to.
package struct Anchor: Sendable, Hashable {
  package let id: String

  /// An id that is no other text's, of letters, digits, hyphens and "_" with the hex
  /// digits of every other byte.
  package init(_ kind: StaticString, _ name: String = "") {
    var id = "\(kind)"
    if !name.isEmpty { id += "-" }
    for byte in name.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
        id.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        id += "_" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
      }
    }
    self.id = id
  }
}

/// An element with its children.
package func tag(
  _ name: StaticString, _ attributes: Attribute..., @NodeBuilder content: () -> [Node] = { [] }
) -> Node {
  .element(Node.Element(name: name, attributes: attributes, children: content()))
}

/// An element whose attributes are a list.
package func tag(
  _ name: StaticString, with attributes: [Attribute], @NodeBuilder content: () -> [Node] = { [] }
) -> Node {
  .element(Node.Element(name: name, attributes: attributes, children: content()))
}

/// Several pieces as one.
package func group(@NodeBuilder content: () -> [Node]) -> Node { .group(content()) }

/// Collects children: nodes, texts, conditions and loops.
@resultBuilder
package enum NodeBuilder {
  package static func buildExpression(_ node: Node) -> [Node] { [node] }
  package static func buildExpression(_ nodes: [Node]) -> [Node] { nodes }
  package static func buildExpression(_ text: String) -> [Node] { [.text(text)] }
  package static func buildExpression(_ node: Node?) -> [Node] { node.map { [$0] } ?? [] }
  package static func buildBlock(_ parts: [Node]...) -> [Node] { parts.flatMap(\.self) }
  package static func buildOptional(_ part: [Node]?) -> [Node] { part ?? [] }
  package static func buildEither(first part: [Node]) -> [Node] { part }
  package static func buildEither(second part: [Node]) -> [Node] { part }
  package static func buildArray(_ parts: [[Node]]) -> [Node] { parts.flatMap(\.self) }
}

/// A length or a place in a drawing with one decimal at most, always with a point.
func coordinate(_ value: Double) -> String {
  guard value.isFinite else { return "0" }
  let tenths = Int((value * 10).rounded())
  let (whole, rest) = abs(tenths).quotientAndRemainder(dividingBy: 10)
  let sign = tenths < 0 ? "-" : ""
  return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
}
