import Foundation

/// What the program prints, and how.
struct Console: Sendable {
  /// Whether standard output is a terminal that shows colours.
  let isColoured: Bool
  /// Whether standard error is a terminal.
  let showsProgress: Bool

  init() {
    let environment = ProcessInfo.processInfo.environment
    isColoured =
      isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR"] == nil && environment["TERM"] != "dumb"
    showsProgress = isatty(STDERR_FILENO) == 1
  }

  /// Columns of the terminal, 100 where there is none.
  var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 100 }
    return Int(size.ws_col)
  }

  func print(_ text: String, terminator: String = "\n") {
    FileHandle.standardOutput.write(Data((text + terminator).utf8))
  }

  func error(_ text: String) {
    FileHandle.standardError.write(Data(("encuentro: " + text + "\n").utf8))
  }

  /// Prints a value as JSON.
  func json(_ value: some Encodable) throws { print(try encoded(value)) }

  /// A value as JSON with sorted keys.
  func encoded(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  func bold(_ text: String) -> String { isColoured ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
  func dim(_ text: String) -> String { isColoured ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

  /// A word that carried a decision; `strength` from 0 to 1.
  func highlighted(_ text: String, strength: Double) -> String {
    guard isColoured else { return text }
    return strength > 0.5 ? "\u{1B}[1;30;43m\(text)\u{1B}[0m" : "\u{1B}[33m\(text)\u{1B}[0m"
  }

  /// A bar on standard error, drawn anew at most ten times a second.
  final class Progress {
    private let isShown: Bool
    private var last = ContinuousClock.now - .seconds(1)
    private var drawn = false

    init(_ console: Console) { isShown = console.showsProgress }

    func update(_ label: String, _ fraction: Double) {
      guard isShown, ContinuousClock.now - last > .milliseconds(100) else { return }
      last = .now
      drawn = true
      let full = Int(min(1, max(0, fraction)) * 30)
      let bar = String(repeating: "█", count: full) + String(repeating: "░", count: 30 - full)
      let text = "\r\u{1B}[K\(bar) \(Int(fraction * 100)) % \(label)"
      FileHandle.standardError.write(Data(text.utf8))
    }

    func finish() {
      if drawn { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
      drawn = false
    }
  }
}

/// Text in columns.
struct Table {
  enum Alignment { case left, right }

  private var rows: [[String]] = []
  private let alignments: [Alignment]

  init(_ header: [String], _ alignments: [Alignment]) {
    self.alignments = alignments
    rows.append(header)
  }

  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The rows with a line below the header, two spaces between columns.
  var text: String {
    let widths = alignments.indices.map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    var lines = rows.map { row in
      row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return alignments[column] == .left ? cell + padding : padding + cell
      }.joined(separator: "  ").trimmingSuffix(" ")
    }
    lines.insert(String(repeating: "─", count: widths.reduce(0, +) + 2 * (widths.count - 1)), at: 1)
    return lines.joined(separator: "\n")
  }
}

extension String {
  func trimmingSuffix(_ character: Character) -> String {
    var text = self
    while text.last == character { text.removeLast() }
    return text
  }

  /// The text in lines of at most `width` characters.
  func wrapped(width: Int, indent: String) -> String {
    var lines: [String] = []
    var line = ""
    for word in split(whereSeparator: \.isWhitespace) {
      if !line.isEmpty, line.count + word.count + 1 > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { lines.append(line) }
    return lines.map { indent + $0 }.joined(separator: "\n")
  }
}

/// A share as a percentage without decimals.
func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

/// A figure with three decimals.
func figure(_ value: Double) -> String { String(format: "%.3f", value) }
