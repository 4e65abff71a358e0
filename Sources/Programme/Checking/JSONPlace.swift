internal import Foundation

/// A value in a JSON text that is being checked: where it stands, and the log
/// that hears what is wrong with it.
///
/// Every reading method reports and gives nil when the value is not what it
/// should be, so that a check goes on and finds everything at once.
struct JSONPlace {
  let path: String
  let node: JSONNode
  let log: FindingLog

  init(path: String, node: JSONNode, log: FindingLog) {
    self.path = path
    self.node = node
    self.log = log
  }

  /// The whole of a JSON text, whose first line has the given number; reports
  /// why when it is none.
  init?(parsing bytes: ArraySlice<UInt8>, line: Int, log: FindingLog) {
    do {
      self.init(path: "$", node: try JSONParser.parse(bytes, line: line), log: log)
    } catch {
      log.add(
        .error, line: error.line, path: "$",
        problem: "is not JSON: at column \(error.column) \(error.problem)", remedy: error.remedy)
      return nil
    }
  }

  func fail(_ problem: String, _ remedy: String) {
    log.add(.error, line: node.line, path: path, problem: problem, remedy: remedy)
  }

  func warn(_ problem: String, _ remedy: String) {
    log.add(.warning, line: node.line, path: path, problem: problem, remedy: remedy)
  }

  private func mistyped(_ expected: String, _ remedy: String) {
    fail("is \(node.summary), not \(expected)", remedy)
  }

  func flag() -> Bool? {
    guard case .flag(let flag) = node.value else {
      mistyped("true or false", "write true or false, without quotation marks")
      return nil
    }
    return flag
  }

  /// A finite number of the range.
  func number(in range: ClosedRange<Double>) -> Double? {
    guard case .number(let number) = node.value else {
      mistyped("a number", "write a number, without quotation marks")
      return nil
    }
    guard number.isFinite, range.contains(number) else {
      outside("a number", range.lowerBound, range.upperBound)
      return nil
    }
    return number
  }

  /// A whole number of the range.
  func integer(in range: ClosedRange<Int>) -> Int? {
    guard case .number(let number) = node.value, let integer = Int(exactly: number) else {
      mistyped("a whole number", "write a whole number, without quotation marks")
      return nil
    }
    guard range.contains(integer) else {
      outside("a whole number", Double(range.lowerBound), Double(range.upperBound))
      return nil
    }
    return integer
  }

  private func outside(_ kind: String, _ lower: Double, _ upper: Double) {
    let bounds =
      upper >= 1e15
      ? "\(Display.number(lower)) or more"
      : "from \(Display.number(lower)) to \(Display.number(upper))"
    mistyped("\(kind) \(bounds)", "write \(kind) \(bounds)")
  }

  /// A text that is not blank.
  func text() -> String? {
    guard case .text(let text) = node.value, !text.allSatisfy(\.isWhitespace) else {
      mistyped("a text", "write a text that is not empty, in double quotes")
      return nil
    }
    return text
  }

  /// An identifier of small letters, digits and hyphens.
  func slug() -> String? {
    guard let text = text() else { return nil }
    guard text.utf8.allSatisfy(Self.isSlug) else {
      let proposal = Self.slug(from: text)
      fail(
        "is \(Display.quoted(text)), which has other characters than a-z, 0-9 and '-'",
        proposal.isEmpty ? "use those only" : "write \"\(proposal)\"")
      return nil
    }
    return text
  }

  private static func isSlug(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
  }

  /// "Río Grande" becomes "rio-grande".
  private static func slug(from text: String) -> String {
    // Decomposed, the accents are scalars of their own and fall away.
    text.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars.prefix(60)
      .split { $0.value < 128 && !isSlug(UInt8($0.value)) }
      .map { word in String(String.UnicodeScalarView(word.filter { $0.value < 128 })) }
      .filter { !$0.isEmpty }
      .joined(separator: "-")
  }

  /// A two-letter country code of ISO 3166.
  func country() -> String? {
    guard let code = text() else { return nil }
    guard CountryCodes.all.contains(code) else {
      fail(
        "is \(Display.quoted(code)), which is no country code of ISO 3166",
        CountryCodes.suggestion(for: code).map { "write \"\($0)\"" }
          ?? "write the country's two capital letters, like \"BR\"")
      return nil
    }
    return code
  }

  /// A language code of ISO 639.
  func language() -> String? {
    guard let code = text() else { return nil }
    let isCode =
      (2...3).contains(code.utf8.count)
      && code.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
    guard isCode else {
      fail(
        "is \(Display.quoted(code)), which is no language code of ISO 639",
        "write two or three small letters, like \"es\"")
      return nil
    }
    return code
  }

  /// One of the names that a type has for its cases.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(_: Choice.Type) -> Choice? {
    guard let text = text() else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    let names = Choice.allCases.map(\.rawValue)
    fail(
      "is \(Display.quoted(text)), not one of \(names.joined(separator: ", "))",
      EditDistance.nearest(to: text, in: names).map { "did you mean \"\($0)\"?" }
        ?? "write one of them")
    return nil
  }

  /// The places of a list's elements.
  func list() -> [JSONPlace]? {
    guard case .list(let nodes) = node.value else {
      mistyped("a list", "write a list in [ ]")
      return nil
    }
    return nodes.enumerated().map { index, node in
      JSONPlace(path: "\(path)[\(index)]", node: node, log: log)
    }
  }

  /// What `read` makes of a list's elements; nil if one of them is wrong.
  func list<Element>(_ read: (JSONPlace) -> Element?) -> [Element]? {
    guard let places = list() else { return nil }
    let elements = places.map(read)
    return elements.contains { $0 == nil } ? nil : elements.compactMap(\.self)
  }

  /// The members of an object that may have any keys, each once.
  func members() -> [(key: String, place: JSONPlace)]? {
    guard case .object(let members) = node.value else {
      mistyped("an object", "write an object in { }")
      return nil
    }
    var seen: Set<String> = []
    return members.compactMap { member in
      let place = JSONPlace(path: path + Display.step(member.key), node: member.node, log: log)
      guard seen.insert(member.key).inserted else {
        place.fail("stands twice in the same object", "keep one of the two")
        return nil
      }
      return (member.key, place)
    }
  }
}
