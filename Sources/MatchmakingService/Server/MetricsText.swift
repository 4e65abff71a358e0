/// Figures in the text format that Prometheus scrapes (version 0.0.4).
struct MetricsText {
  private(set) var text = ""

  enum Kind: String {
    case counter, gauge, histogram
  }

  /// Begins a family of figures.
  mutating func family(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  /// One figure of the family begun last.
  mutating func add(_ name: String, _ labels: [(String, String)] = [], _ value: some BinaryInteger)
  {
    add(name, labels, String(value))
  }

  mutating func add(_ name: String, _ labels: [(String, String)] = [], _ value: Double) {
    add(name, labels, "\(value)")
  }

  private mutating func add(_ name: String, _ labels: [(String, String)], _ value: String) {
    text += name
    if !labels.isEmpty {
      text +=
        "{" + labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",") + "}"
    }
    text += " \(value)\n"
  }

  private static func escaped(_ value: String) -> String {
    var result = ""
    for character in value.unicodeScalars {
      switch character {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
