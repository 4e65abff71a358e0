import Foundation
import MatchmakingService
import Programme

enum EvaluateClassificationCommand: Command {
  static let syntax = CommandSyntax(
    name: "evaluate classification", summary: "compare the classifier with labelled texts",
    operands: "FILE.jsonl",
    details: """
      A line is {"id","lang","text","labels":["N6","N4"],"primary":"N6"}; no labels and
      a primary of null mean "none of these".
      """,
    options: SharedOption.engine)

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    let path = try arguments.single("FILE.jsonl")
    let data = try Input.data(path)
    let engine = try arguments.engine()
    let progress = Console.Progress(console)
    let view = try engine.evaluate(jsonl: data, source: path) { done, count in
      progress.update("\(done) of \(count) texts", Double(done) / Double(count))
    }
    progress.finish()
    if arguments.has("--json") {
      try console.json(view)
    } else {
      console.print(text(view, engine.programme))
    }
    return 0
  }

  private static func text(_ view: EvaluationView, _ programme: ProgrammeDefinition) -> String {
    var figures = Table(["figure", "value"], [.left, .right])
    figures.add(["items", "\(view.items)"])
    figures.add(["primary accuracy", figure(view.primaryAccuracy)])
    figures.add(["top network within labels", figure(view.inLabels)])
    figures.add(["label-ranking average precision", figure(view.lrap)])
    figures.add(["macro-F1", figure(view.macroF1)])
    figures.add(["micro-F1", figure(view.microF1)])
    figures.add(["expected calibration error", figure(view.ece)])
    var networks = Table(
      ["network", "items", "precision", "recall", "F1"], [.left, .right, .right, .right, .right])
    for row in view.perNetwork {
      let name = programme.network(label: row.network)?.shortName ?? ""
      networks.add([
        "\(row.network) \(name)", "\(row.items)", figure(row.precision), figure(row.recall),
        figure(row.f1),
      ])
    }
    var languages = Table(
      ["language", "items", "primary", "in labels", "LRAP"],
      [.left, .right, .right, .right, .right])
    for row in view.perLanguage {
      languages.add([
        row.language.harmless, "\(row.items)", figure(row.primaryAccuracy), figure(row.inLabels),
        figure(row.lrap),
      ])
    }
    var confusion = Table(
      ["labelled ↓ assigned →"] + view.confusion.labels,
      [.left] + view.confusion.labels.map { _ in .right })
    for (label, counts) in zip(view.confusion.labels, view.confusion.counts) {
      confusion.add([label] + counts.map { $0 == 0 ? "·" : "\($0)" })
    }
    return [figures, networks, languages, confusion].map(\.text).joined(separator: "\n\n")
  }
}

enum EvaluatePartnersCommand: Command {
  static let syntax = CommandSyntax(
    name: "evaluate partners", summary: "rank the true partners of real pairings",
    operands: "",
    details: """
      For every pairing and each of its sides: where does the true partner rank among
      all eligible candidates? A line of --participants is {"name","region","text",…}, with
      "EU" as the European region; a line of --pairs is {"a","b"}, by name.
      """,
    options: [
      .init(name: "--participants", value: "FILE", help: "cities with a text, JSON Lines"),
      .init(name: "--pairs", value: "FILE", help: "their real pairings, JSON Lines"),
    ] + SharedOption.engine)

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    try arguments.noOperands()
    let (cities, pairs) = (
      try arguments.required("--participants"), try arguments.required("--pairs")
    )
    let (citiesData, pairsData) = (try Input.data(cities), try Input.data(pairs))
    let engine = try arguments.engine()
    let progress = Console.Progress(console)
    let view = try engine.evaluatePartners(
      cities: citiesData, named: cities, pairs: pairsData, named: pairs
    ) { done, count in
      progress.update("\(done) of \(count) profiles", Double(done) / Double(count))
    }
    progress.finish()
    if arguments.has("--json") {
      try console.json(view)
      return 0
    }
    var table = Table(["figure", "value"], [.left, .right])
    table.add(["pairings", "\(view.pairs)"])
    table.add(["queries (both sides)", "\(view.queries)"])
    table.add(["candidates of a query, mean", figure(view.meanCandidates)])
    table.add(["mean reciprocal rank", figure(view.mrr)])
    table.add(["true partner first", figure(view.recallAt1)])
    table.add(["among the first 5", figure(view.recallAt5)])
    table.add(["among the first 10", figure(view.recallAt10)])
    table.add(["median rank", figure(view.medianRank)])
    console.print(table.text)
    return 0
  }
}
