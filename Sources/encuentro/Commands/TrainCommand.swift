import Foundation
import MatchmakingService
import Programme

enum TrainCommand: Command {
  static let syntax = CommandSyntax(
    name: "train", summary: "train the networks' heads on labelled passages",
    operands: "FOLDER",
    details: """
      FOLDER holds .jsonl files of {"lang","labels","primary","text"}; see
      Corpus/GUIDELINES.md. The same corpus and seed give the same bytes.
      """,
    options: [
      .init(name: "--output", value: "FILE", help: "where to write the heads (default heads.json)"),
      .init(name: "--seed", value: "N", help: "seed of folds, order and dropout"),
      SharedOption.model, SharedOption.programme,
    ])

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    let folder = try arguments.single("FOLDER")
    var job = TrainingJob(
      corpus: URL(filePath: folder),
      output: URL(filePath: arguments.string("--output") ?? "heads.json"),
      programme: try arguments.programme())
    job.model = arguments.string("--model")
    if arguments.string("--seed") != nil {
      job.seed = UInt64(try arguments.integer("--seed", default: 0, in: 0...Int.max))
    }
    let progress = Console.Progress(console)
    let summary = try job.run { progress.update($0, $1) }
    progress.finish()
    if arguments.has("--json") {
      try console.json(summary)
      return 0
    }
    var table = Table(["cross-validated on the corpus", "value"], [.left, .right])
    table.add(["passages", "\(summary.passages)"])
    table.add(["folds", "\(summary.folds)"])
    table.add(["primary accuracy", figure(summary.primaryAccuracy)])
    table.add(["top network within labels", figure(summary.inLabels)])
    table.add(["label-ranking average precision", figure(summary.lrap)])
    table.add(["macro-F1", figure(summary.macroF1)])
    table.add(["expected calibration error", figure(summary.ece)])
    table.add(["none of these, recognised", figure(summary.noneRecall)])
    console.print(table.text)
    console.print("\nheads written to \(summary.output) (corpus \(summary.corpusChecksum))")
    for pair in summary.nearDuplicates { console.error("warning: nearly the same text: \(pair)") }
    return 0
  }
}
