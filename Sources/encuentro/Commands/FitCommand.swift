import Foundation
import MatchmakingService
import Programme

enum FitWeightsCommand: Command {
  static let syntax = CommandSyntax(
    name: "fit weights", summary: "learn the factors' weights from past pairings",
    operands: "",
    details: """
      Learns from the partners of the earlier programme by a ranking loss: the true
      partner before all other candidates. Weights are never negative. Put them into the
      "weights" of a programme definition to use them.
      """,
    options: [
      SharedOption.participants,
      .init(name: "--seed", value: "N", help: "seed of the folds"),
    ] + SharedOption.engine)

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    try arguments.noOperands()
    let seed =
      arguments.string("--seed") == nil
      ? nil : UInt64(try arguments.integer("--seed", default: 0, in: 0...Int.max))
    let engine = try arguments.engine()
    let participants = try arguments.participants(engine.programme)
    let progress = Console.Progress(console)
    let view = try engine.fitWeights(participants, seed: seed) { done in
      progress.update(
        "\(done) of \(participants.count) profiles", Double(done) / Double(participants.count))
    }
    progress.finish()
    if arguments.has("--json") {
      try console.json(view)
      return 0
    }
    var weights = Table(["factor", "fitted", "programme"], [.left, .right, .right])
    for factor in Factor.allCases {
      weights.add([
        factor.rawValue, figure(view.weights[factor]),
        figure(engine.programme.weights.share(of: factor)),
      ])
    }
    var figures = Table(
      ["weights", "mrr", "first", "in 5", "in 10"], [.left, .right, .right, .right, .right])
    for (name, row) in [
      ("even", view.even), ("programme's", view.programme),
      ("fitted, on held-back pairings", view.crossValidated),
    ] {
      figures.add([
        name, figure(row.mrr), figure(row.recallAt1), figure(row.recallAt5),
        figure(row.recallAt10),
      ])
    }
    console.print("\(weights.text)\n\n\(figures.text)\n")
    console.print("\(view.pairs) past pairings, \(view.folds) folds, seed \(view.seed)")
    return 0
  }
}
