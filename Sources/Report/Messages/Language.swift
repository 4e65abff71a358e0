/// A language that a dossier is written in.
package enum Language: String, CaseIterable, Sendable {
  case english = "en"
  case spanish = "es"
  case portuguese = "pt"

  /// Its name in itself.
  package var name: String {
    switch self {
    case .english: "English"
    case .spanish: "español"
    case .portuguese: "português"
    }
  }
}

/// One text in every language, so that none can be missing.
package struct Message: Sendable {
  package var english: String
  package var spanish: String
  package var portuguese: String

  init(_ english: String, _ spanish: String, _ portuguese: String) {
    self.english = english
    self.spanish = spanish
    self.portuguese = portuguese
  }

  package subscript(language: Language) -> String {
    switch language {
    case .english: english
    case .spanish: spanish
    case .portuguese: portuguese
    }
  }
}

/// A message about a number of things: "1 pair", "12 pairs". All three languages have one
/// form for 1 and another for every other number.
package struct CountedMessage: Sendable {
  package var one: Message
  package var many: Message
}
