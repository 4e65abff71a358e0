import Programme

/// What a command accepts on its line; help and parsing come from one place.
struct CommandSyntax {
  struct Option {
    var name: String
    /// The placeholder of its value in the help text; nil for a switch.
    var value: String?
    var help: String
  }

  /// Words behind the program's name, such as "evaluate classification".
  var name: String
  var summary: String
  /// Such as "[FILE… | -]".
  var operands: String
  var details = ""
  var options: [Option] = []

  static let common = [
    Option(name: "--json", value: nil, help: "print JSON for programs"),
    Option(name: "--help", value: nil, help: "show this help"),
  ]
}

/// A mistake on the command line; exit code 64.
struct UsageError: Error {
  var message: String
  var command: String?
}

/// A parsed command line.
struct Arguments {
  private(set) var operands: [String] = []
  private var values: [String: String] = [:]
  private var switches: Set<String> = []
  private let syntax: CommandSyntax

  /// - Throws: `UsageError` for an unknown option (with the nearest known one), a
  ///   missing value, or an option given twice.
  init(_ words: [String], syntax: CommandSyntax) throws(UsageError) {
    self.syntax = syntax
    let options = syntax.options + CommandSyntax.common
    var at = 0
    var onlyOperands = false
    while at < words.count {
      var word = words[at]
      at += 1
      guard !onlyOperands, word.hasPrefix("-"), word != "-" else {
        operands.append(word)
        continue
      }
      if word == "--" {
        onlyOperands = true
        continue
      }
      if word == "-h" { word = "--help" }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        .map(String.init)
      guard let option = options.first(where: { $0.name == parts[0] }) else {
        let nearest = EditDistance.nearest(to: parts[0], in: options.map(\.name))
        throw UsageError(
          message: "unknown option '\(parts[0])'" + (nearest.map { "; did you mean \($0)?" } ?? ""),
          command: syntax.name)
      }
      guard option.value != nil else {
        guard parts.count == 1 else {
          throw UsageError(message: "\(option.name) takes no value", command: syntax.name)
        }
        switches.insert(option.name)
        continue
      }
      let value: String
      if parts.count == 2 {
        value = parts[1]
      } else if at < words.count {
        value = words[at]
        at += 1
      } else {
        throw UsageError(message: "\(option.name) needs a value", command: syntax.name)
      }
      guard values.updateValue(value, forKey: option.name) == nil else {
        throw UsageError(message: "\(option.name) is given twice", command: syntax.name)
      }
    }
  }

  func has(_ name: String) -> Bool { switches.contains(name) }

  func string(_ name: String) -> String? { values[name] }

  /// The value of an option that a command cannot do without.
  func required(_ name: String) throws(UsageError) -> String {
    guard let value = values[name] else {
      throw UsageError(message: "\(name) is missing", command: syntax.name)
    }
    return value
  }

  /// A whole number within bounds, or the default.
  func integer(
    _ name: String, default fallback: Int, in range: ClosedRange<Int>
  ) throws(UsageError) -> Int {
    guard let text = values[name] else { return fallback }
    guard let value = Int(text), range.contains(value) else {
      throw UsageError(
        message: "\(name) takes a whole number from \(range.lowerBound) to \(range.upperBound), "
          + "not '\(text)'", command: syntax.name)
    }
    return value
  }

  /// A number within bounds, or the default.
  func number(
    _ name: String, default fallback: Double, in range: ClosedRange<Double>
  ) throws(UsageError) -> Double {
    guard let text = values[name] else { return fallback }
    guard let value = Double(text), range.contains(value) else {
      throw UsageError(
        message: "\(name) takes a number from \(range.lowerBound) to \(range.upperBound), "
          + "not '\(text)'", command: syntax.name)
    }
    return value
  }

  /// A time above 0: "30s", "500ms", "2m", or seconds.
  func duration(_ name: String, _ command: String) throws(UsageError) -> Duration? {
    guard let text = values[name] else { return nil }
    let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("", 1)]
    for (unit, seconds) in units where text.hasSuffix(unit) {
      if let value = Double(text.dropLast(unit.count)), value > 0, value < 1e6 {
        return .seconds(value * seconds)
      }
    }
    throw UsageError(
      message: "\(name) takes a time such as 30s, 500ms or 2m, not '\(text)'", command: command)
  }

  /// The only operand.
  func single(_ what: String) throws(UsageError) -> String {
    guard operands.count == 1, let operand = operands.first else {
      throw UsageError(
        message: operands.isEmpty ? "\(what) is missing" : "only one \(what) is expected",
        command: syntax.name)
    }
    return operand
  }

  func noOperands() throws(UsageError) {
    if let operand = operands.first {
      throw UsageError(message: "unexpected '\(operand)'", command: syntax.name)
    }
  }
}
