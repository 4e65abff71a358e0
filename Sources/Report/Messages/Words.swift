/// A table of messages: whoever adds a key must give its text in every language.
package protocol MessageKey: CaseIterable, Hashable, Sendable {
  var message: Message { get }
}

/// Messages in one language, with what they are about filled in.
struct Words: Sendable {
  let formats: Formats

  init(_ language: Language) { formats = Formats(language) }

  var language: Language { formats.language }

  /// A message with "{0}", "{1}" replaced.
  func callAsFunction(_ key: some MessageKey, _ arguments: String...) -> String {
    fill(key.message[language], arguments)
  }

  /// A number of things: the form for 1, or that for every other number, with the
  /// number written as "{0}".
  func count(_ key: CountKey, _ number: Int, _ arguments: String...) -> String {
    let counted = key.message
    let message = number == 1 ? counted.one : counted.many
    return fill(message[language], [formats.whole(number)] + arguments)
  }

  /// In one pass, so that an argument with braces in it stays as it is.
  private func fill(_ text: String, _ arguments: [String]) -> String {
    guard !arguments.isEmpty, text.contains("{") else { return text }
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      let inner = rest[rest.index(after: open)...]
      guard let close = inner.firstIndex(of: "}"), let place = Int(inner[..<close]),
        arguments.indices.contains(place)
      else {
        result.append("{")
        rest = inner
        continue
      }
      result += arguments[place]
      rest = inner[inner.index(after: close)...]
    }
    return result + rest
  }
}
