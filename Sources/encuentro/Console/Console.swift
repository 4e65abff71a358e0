import Foundation
import Results
import Synchronization

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

  init(isColoured: Bool, showsProgress: Bool) {
    self.isColoured = isColoured
    self.showsProgress = showsProgress
  }

  /// Columns of the terminal, 100 where there is none.
  var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 100 }
    return Int(size.ws_col)
  }

  /// Ends the program when standard output is closed or full: whatever came
  /// next would be lost as well.
  func print(_ text: String, terminator: String = "\n") {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((text + terminator).utf8))
    } catch {
      self.error("standard output cannot be written: \(String(cString: strerror(errno)))")
      exit(ExitCode.output)
    }
  }

  func error(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.harmless }
    write("encuentro: " + lines.joined(separator: "\n") + "\n")
  }

  /// Writes to standard error, if anybody listens.
  private func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Prints a value as JSON.
  func json(_ value: some Encodable) throws { print(try encoded(value)) }

  /// A value as JSON with sorted keys.
  func encoded(_ value: some Encodable) throws -> String {
    String(decoding: try ResultDocument.encode(value), as: UTF8.self)
  }

  func bold(_ text: String) -> String { isColoured ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
  func dim(_ text: String) -> String { isColoured ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

  /// A word that carried a decision; `strength` from 0 to 1.
  func highlighted(_ text: String, strength: Double) -> String {
    guard isColoured else { return text }
    return strength > 0.5 ? "\u{1B}[1;30;43m\(text)\u{1B}[0m" : "\u{1B}[33m\(text)\u{1B}[0m"
  }

  /// A bar on standard error, drawn anew at most ten times a second; from any thread.
  final class Progress: Sendable {
    private struct Drawing {
      var last = ContinuousClock.now - .seconds(1)
      var isDrawn = false
    }

    private let console: Console
    private let drawing = Mutex(Drawing())

    init(_ console: Console) { self.console = console }

    func update(_ label: String, _ fraction: Double) {
      guard console.showsProgress else { return }
      drawing.withLock { drawing in
        guard ContinuousClock.now - drawing.last > .milliseconds(100) else { return }
        drawing.last = .now
        drawing.isDrawn = true
        let full = Int(min(1, max(0, fraction)) * 30)
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: 30 - full)
        console.write("\r\u{1B}[K\(bar) \(Int(fraction * 100)) % \(label)")
      }
    }

    /// Shows how far a job is.
    @Sendable func report(_ step: JobProgress) {
      if step.total > 0 {
        update(
          "\(step.done) of \(step.total) \(step.phase)", Double(step.done) / Double(step.total))
        return
      }
      let figures = [
        step.value.map { "reached \(figure($0))" }, step.bound.map { "at most \(figure($0))" },
        step.gap.map { "gap \(figure($0))" },
      ].compactMap(\.self)
      let closed = step.bound.flatMap { bound in
        step.gap.map { bound > 0 ? 1 - $0 / bound : 1 }
      }
      update(([step.phase] + figures).joined(separator: ", "), closed ?? 0)
    }

    func finish() {
      drawing.withLock { drawing in
        if drawing.isDrawn { console.write("\r\u{1B}[K") }
        drawing.isDrawn = false
      }
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
    split(whereSeparator: \.isWhitespace).map { (String($0), $0.count) }
      .wrapped(width: width, indent: indent)
  }
}

extension [(text: String, width: Int)] {
  /// The words in lines of at most `width` columns.
  func wrapped(width: Int, indent: String) -> String {
    var lines: [String] = []
    var line = ""
    var used = 0
    for word in self {
      if !line.isEmpty, used + word.width + 1 > width {
        lines.append(line)
        (line, used) = ("", 0)
      }
      if !line.isEmpty { (line, used) = (line + " ", used + 1) }
      line += word.text
      used += word.width
    }
    if !line.isEmpty { lines.append(line) }
    return lines.map { indent + $0 }.joined(separator: "\n")
  }
}

extension StringProtocol {
  /// The text with U+FFFD for what could move a terminal's cursor, colour it, or
  /// turn the direction of what follows.
  var harmless: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { scalar in
          switch scalar.value {
          case 0x00...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
          default: scalar
          }
        }))
  }
}

/// A share as a percentage without decimals.
func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

/// A figure with three decimals.
func figure(_ value: Double) -> String { String(format: "%.3f", value) }
