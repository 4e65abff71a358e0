import Foundation
import MatchmakingService
import Programme
import Results

enum ClassifyCommand: Command {
  static let syntax = CommandSyntax(
    name: "classify", summary: "sort texts into the thematic networks, with evidence",
    operands: "[FILE… | FOLDER… | -]",
    details: """
      Reads text, Markdown and PDF files in UTF-8, folders with all such files below
      them, or standard input. A document is read passage by passage; its networks are
      pooled over the passages. Every figure of the evidence adds up to the logit.
      A file that cannot be read is reported at the end, with exit code 65. Ctrl-C ends
      at once; the JSON printed so far then lacks its end.
      """,
    options: SharedOption.answers + [
      .init(name: "--evidence", value: "N", help: "passages to show for each network (default 2)"),
      .init(name: "--limit", value: "BYTES", help: "the most text in one document (16777216)"),
    ])

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    let passages = try arguments.integer("--evidence", default: 2, in: 0...1000)
    let limit = try arguments.integer("--limit", default: 16 << 20, in: 1...(1 << 30))
    let isJSON = arguments.has("--json")
    guard !arguments.operands.contains("-") || arguments.operands.count == 1 else {
      throw UsageError(message: "'-' goes with no other operand", command: syntax.name)
    }
    let answers = try await arguments.answers()
    let programme = try await answers.programme()
    let batch = DocumentClassification(answers, passages: passages, limit: limit)
    if arguments.operands.isEmpty || arguments.operands == ["-"] {
      do {
        let view = try await batch.run(descriptor: STDIN_FILENO, named: "standard input")
        if isJSON {
          try console.json([view])
        } else {
          console.print(ClassificationText(view, programme, console).text)
        }
        return 0
      } catch let error as DocumentError {
        console.error("standard input: \(error)")
        return ExitCode.data
      }
    }
    let paths = DocumentFinder.find(arguments.operands)
    guard !paths.isEmpty else {
      console.error(
        "no documents (\(DocumentFinder.extensions.sorted().joined(separator: ", "))) "
          + "in \(arguments.operands.joined(separator: ", "))")
      return ExitCode.noInput
    }
    let progress = Console.Progress(console)
    var failures: [DocumentFailure] = []
    var done = 0
    var isFirst = true
    if isJSON { console.print("[", terminator: "") }
    try await batch.run(paths) { outcome in
      done += 1
      switch outcome {
      case .success(let view):
        progress.finish()
        if isJSON {
          console.print(isFirst ? "" : ",")
          console.print(try console.encoded(view), terminator: "")
        } else {
          console.print(
            (isFirst ? "" : "\n") + ClassificationText(view, programme, console).text)
        }
        isFirst = false
      case .failure(let failure): failures.append(failure)
      }
      progress.update("\(done) of \(paths.count) documents", Double(done) / Double(paths.count))
    }
    progress.finish()
    if isJSON { console.print(isFirst ? "]" : "\n]") }
    for failure in failures { console.error("\(failure.document.harmless): \(failure.error)") }
    guard failures.isEmpty else {
      console.error("\(failures.count) of \(paths.count) documents could not be classified")
      return ExitCode.data
    }
    return 0
  }
}

/// A classification for a person to read.
struct ClassificationText {
  let text: String

  init(_ view: ClassificationView, _ programme: ProgrammeDefinition, _ console: Console) {
    func name(_ label: String) -> String {
      (programme.network(label: label)?.name ?? label).harmless
    }
    func probability(_ label: String) -> String {
      percent(view.scores.first { $0.network == label }?.probability ?? 0)
    }
    var lines = [
      console.bold(view.document.harmless)
        + console.dim("  \(view.passages) passages, \(view.tokens) tokens")
    ]
    if let primary = view.primary {
      lines.append("  primary  \(console.bold(primary))  \(probability(primary))  \(name(primary))")
      for network in view.further {
        lines.append("  further  \(network)  \(probability(network))  \(name(network))")
      }
    } else {
      lines.append("  none of the networks: the text is about something else")
    }
    let others = view.scores.filter { score in
      score.network != view.primary && !view.further.contains(score.network)
    }
    lines.append(
      console.dim(
        "  others   "
          + others.map { "\($0.network) \(percent($0.probability))" }.joined(separator: "  ")))
    for evidence in view.evidence {
      for passage in evidence.passages {
        let carrying = ClassificationView.WordView.carrying(passage.words, limit: 8)
        lines.append("")
        lines.append(
          "  \(console.bold(evidence.network)) in a passage with \(percent(passage.share)) of the say:"
        )
        lines.append(Self.marked(passage, carrying, console))
        lines.append(
          console.dim("    carried by ")
            + carrying.map { "\($0.text.harmless) \(String(format: "%+.2f", $0.contribution))" }
            .joined(separator: ", "))
      }
    }
    text = lines.joined(separator: "\n")
  }

  /// The passage in lines, with the carrying words highlighted wherever they stand.
  private static func marked(
    _ passage: ClassificationView.PassageView, _ carrying: [ClassificationView.WordView],
    _ console: Console
  ) -> String {
    let top = carrying.first?.contribution ?? 1
    let strengths = Dictionary(
      carrying.map { ($0.text.lowercased(), $0.contribution / top) }, uniquingKeysWith: max)
    let text = passage.text
    let marks = passage.words.compactMap { word in
      strengths[word.text.lowercased()].map { strength in
        let start = text.utf8.index(text.startIndex, offsetBy: word.start - passage.start)
        return (start..<text.utf8.index(start, offsetBy: word.text.utf8.count), strength)
      }
    }
    var next = marks[...]
    let chunks = text.split(whereSeparator: \.isWhitespace).map { chunk in
      var marked = ""
      var at = chunk.startIndex
      while let (range, strength) = next.first, range.lowerBound < chunk.endIndex {
        next.removeFirst()
        // A token may reach over a control character that counts as white space.
        guard range.lowerBound >= at, range.upperBound <= chunk.endIndex else { continue }
        marked += text[at..<range.lowerBound].harmless
        marked += console.highlighted(text[range].harmless, strength: strength)
        at = range.upperBound
      }
      return (text: marked + text[at..<chunk.endIndex].harmless, width: chunk.count)
    }
    return chunks.wrapped(width: max(40, console.width - 6), indent: "    ")
  }
}
