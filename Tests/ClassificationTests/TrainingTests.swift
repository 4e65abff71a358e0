import Foundation
import Programme
import TestSupport
import Testing

@testable import Classification

@Suite("Training")
struct TrainingTests {
  /// The first `count` passages of each network, and as many of none.
  private func smallCorpus(_ count: Int) throws -> Corpus {
    var corpus = try TestCorpus.whole.get()
    corpus.texts = (TestCorpus.networks.map { Optional($0) } + [nil]).flatMap { network in
      corpus.texts.filter { $0.primary == network && $0.language == "en" }
        .sorted { $0.text.utf8.count < $1.text.utf8.count }.prefix(count)
    }
    return corpus
  }

  private func trainer(seed: UInt64, batch: Int = 16, epochs: Int = 4) -> Trainer {
    var options = Trainer.Options.defaults
    options.folds = 3
    options.seed = seed
    options.model.epochs = epochs
    options.model.batch = batch
    // To find the axes takes seconds; `PrincipalAxesTests` trains with them.
    options.model.axes = nil
    return Trainer(encoder: TestModel.encoder, networks: TestCorpus.networks, options: options)
  }

  private func bytes(_ heads: Heads) throws -> Data {
    let folder = try TemporaryFolder()
    try heads.write(to: folder.file("heads.json"))
    return try Data(contentsOf: folder.file("heads.json"))
  }

  @Test("the same corpus and seed give the same bytes, another seed others")
  func deterministic() throws {
    let corpus = try smallCorpus(12)
    #expect(corpus.texts.count == 96)
    var steps: [Trainer.Step] = []
    let heads = try trainer(seed: 1).train(corpus) { steps.append($0) }
    #expect(heads.labels == TestCorpus.networks && heads.encoder == Encoder.name)
    #expect(heads.corpus == corpus.summary)
    #expect(steps.last == .fitting)
    #expect(steps.contains(.validating(fold: 3, of: 3)))
    #expect(steps.contains(.encoding(done: 96, of: 96)))
    // Far better than the one in seven of chance, though trained on little.
    #expect(heads.metrics.lrap > 0.5, "\(heads.metrics)")
    #expect(try bytes(heads) == bytes(trainer(seed: 1).train(corpus)))
    let other = try trainer(seed: 2).train(corpus)
    #expect(other.tokenWeights != heads.tokenWeights)
  }

  /// In a process of its own, because it must not crash.
  @Test("a corpus smaller than one batch is learnt from, too")
  func smallerThanABatch() async {
    await #expect(processExitsWith: .success) {
      let suite = TrainingTests()
      for count in [4, 6] {
        var corpus = try suite.smallCorpus(count)
        corpus.texts.removeAll { $0.primary == nil }
        do {
          let heads = try suite.trainer(seed: 1, batch: 64).train(corpus)
          #expect(heads.tokenWeights.contains(where: { $0 != 0 }), "no step was taken")
        } catch is TrainingError {}
      }
    }
  }

  /// In a process of its own, because it must not crash.
  @Test("labels that contradict the texts give heads or a TrainingError")
  func contradiction() async {
    await #expect(processExitsWith: .success) {
      // Every text twice, with opposite labels: what is learnt from one half is
      // wrong for the other.
      let suite = TrainingTests()
      var corpus = try suite.smallCorpus(4)
      corpus.texts = Array(corpus.texts.prefix(16))
      for (index, text) in corpus.texts.enumerated() {
        corpus.texts[index].labels = Array(TestCorpus.networks.prefix(4))
        corpus.texts[index].primary = "N1"
        corpus.texts.append(
          LabelledText(
            id: text.id + "-", language: "en", text: text.text,
            labels: Array(TestCorpus.networks.suffix(3)), primary: "N5"))
      }
      for seed: UInt64 in 1...4 {
        do {
          let heads = try suite.trainer(seed: seed, batch: 4, epochs: 10).train(corpus)
          #expect(heads.sharpness.allSatisfy { $0 > 0 })
        } catch is TrainingError {}
      }
    }
  }

  @Test("too few passages of a network are an error that names it")
  func tooFew() throws {
    var corpus = try smallCorpus(4)
    let kept = try #require(corpus.texts.first { $0.labels.contains("N4") })
    corpus.texts.removeAll { $0.labels.contains("N4") }
    corpus.texts.append(kept)
    let error = TrainingError(network: "N4", passages: 1, needed: 3)
    #expect(throws: error) { try trainer(seed: 1).train(corpus) }
    #expect(error.description.contains("N4") && error.description.contains("at least 3"))
    corpus.texts = []
    #expect(throws: TrainingError.self) { try trainer(seed: 1).train(corpus) }
  }

  @Test("a cancelled task stops training")
  func cancellation() async throws {
    let corpus = try smallCorpus(3)
    let trainer = trainer(seed: 1)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try trainer.train(corpus)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test("folds are even for every primary network", arguments: TestGenerator.seeds(5))
  func folds(seed: UInt64) throws {
    let corpus = try smallCorpus(7)
    var generator = SeededGenerator(seed: seed)
    let fold = Trainer.folds(corpus.texts, count: 3, generator: &generator)
    for (_, members) in Dictionary(grouping: corpus.texts.indices, by: { corpus.texts[$0].primary })
    {
      let sizes = (0..<3).map { number in members.count(where: { fold[$0] == number }) }
      #expect(sizes.max().map { $0 - (sizes.min() ?? 0) <= 1 } == true)
    }
  }

  @Test("thresholds separate what can be separated")
  func thresholds() {
    let probabilities = [0.9, 0.7, 0.62, 0.4, 0.3, 0.1]
    let targets = [true, true, true, false, false, false]
    let best = Trainer.bestThreshold(probabilities, targets: targets)
    #expect(best > 0.4 && best <= 0.62)
    #expect((0.0...1).contains(Trainer.bestThreshold([], targets: [])))
  }

  @Test("few texts of a network are turned away as none", arguments: TestGenerator.seeds(20))
  func topicThreshold(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let probabilities = (0..<generator.int(1...300)).map { _ in abs(Double(generator.float())) }
    let targets = probabilities.map { _ in generator.int(0...3) > 0 }
    let threshold = Trainer.topicThreshold(probabilities, targets: targets)
    #expect((0.05...0.5).contains(threshold))
    let inside = zip(probabilities, targets).filter(\.1).map(\.0)
    guard threshold > 0.05, !inside.isEmpty else { return }
    #expect(inside.count(where: { $0 < threshold }) * 100 <= inside.count * 3)
  }

  @Test("the generator is SplitMix64")
  func generator() {
    // The first outputs for seed 0 of the reference implementation.
    var generator = SeededGenerator(seed: 0)
    #expect(generator.next() == 0xE220_A839_7B1D_CDAF)
    #expect(generator.next() == 0x6E78_9E6A_A1B9_65F4)
  }
}

@Suite("Minimizer")
struct MinimizerTests {
  @Test("the minimum of a quadratic", arguments: TestGenerator.seeds(5))
  func quadratic(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let goal = generator.floats(6).map { Double($0) * 10 }
    let curvature = (0..<6).map { _ in 0.1 + abs(Double(generator.float())) * 20 }
    let found = Minimizer.minimize(
      from: Array(repeating: 0, count: 6), iterations: 200, tolerance: 1e-9
    ) { point in
      var loss = 0.0
      var gradient = [Double](repeating: 0, count: 6)
      for index in 0..<6 {
        let distance = point[index] - goal[index]
        loss += curvature[index] * distance * distance / 2
        gradient[index] = curvature[index] * distance
      }
      return (loss, gradient)
    }
    #expect(zip(found, goal).allSatisfy { abs($0 - $1) < 1e-3 }, "\(found), not \(goal)")
  }

  @Test("the minimum of Rosenbrock's function")
  func rosenbrock() {
    let found = Minimizer.minimize(from: [-1.2, 1], iterations: 500, tolerance: 1e-8) { point in
      let (x, y) = (point[0], point[1])
      let a = 1 - x
      let b = y - x * x
      return (a * a + 100 * b * b, [-2 * a - 400 * x * b, 200 * b])
    }
    #expect(abs(found[0] - 1) < 1e-2 && abs(found[1] - 1) < 1e-2, "\(found)")
  }

  @Test("a start at the minimum, and a function that is flat")
  func nothingToDo() {
    let start = [3.0, 4]
    let found = Minimizer.minimize(from: start, iterations: 50, tolerance: 1e-9) { _ in (7, [0, 0])
    }
    #expect(found == start)
    #expect(
      Minimizer.minimize(from: start, iterations: 0, tolerance: 0) { _ in (1, [1, 1]) } == start)
  }
}

@Suite("Calibration")
struct CalibrationTests {
  @Test("recovers a known slope and offset", arguments: TestGenerator.seeds(3))
  func recovers(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let scores = (0..<4000).map { _ in Double(generator.float()) * 4 }
    let targets = scores.map { logistic(1.7 * $0 - 0.8) > (Double(generator.float()) + 1) / 2 }
    let calibration = Calibration(scores: scores, targets: targets)
    #expect(abs(calibration.slope - 1.7) < 0.25, "\(calibration)")
    #expect(abs(calibration.offset + 0.8) < 0.2, "\(calibration)")
    #expect(calibration(2) == calibration.slope * 2 + calibration.offset)
  }

  @Test("stays finite when all or none hit, or the scores separate them")
  func finite() {
    for targets in [[true, true, true], [false, false, false], [false, true, true]] {
      let calibration = Calibration(scores: [-2, 1, 3], targets: targets)
      #expect(calibration.slope.isFinite && calibration.offset.isFinite, "\(calibration)")
    }
  }
}
