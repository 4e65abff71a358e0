import Foundation
import TestSupport
import Testing

@testable import Classification

@Suite("Classification and evidence")
struct EvidenceTests {
  private let classifier = TestModel.classifier

  private func text(_ generator: inout TestGenerator, passages: Int) throws -> String {
    let texts = try TestCorpus.texts
    return (0..<passages).map { _ in generator.pick(texts).text }.joined(separator: "\n\n")
  }

  @Test("evidence adds up to the logits", arguments: TestGenerator.seeds(5))
  func exact(seed: UInt64) throws {
    var generator = TestGenerator(seed: seed)
    let text = try PlainText(text(&generator, passages: generator.pick([1, 5, 12])))
    let result = try classifier.classify(text)
    #expect(abs(result.passages.reduce(0) { $0 + $1.weight } - 1) < 1e-9)
    for _ in 0..<2 {
      let network = generator.int(0...classifier.heads.labels.count - 1)
      let label = classifier.heads.labels[network]
      let evidence = try #require(
        classifier.evidence(for: label, in: text, classification: result, limit: 1000))
      #expect(evidence.network == label)
      #expect(evidence.logit == result.score(of: label)?.logit)
      #expect(evidence.dilution <= 1e-9)
      #expect(evidence.otherPassages == 0)
      #expect(evidence.passages.count == result.passages.count)
      let sum = evidence.passages.reduce(evidence.dilution) { $0 + $1.share * $1.logit }
      #expect(abs(sum - evidence.logit) < 1e-3)
      #expect(abs(evidence.passages.reduce(0) { $0 + $1.share } - 1) < 1e-9)
      #expect(
        zip(evidence.passages, evidence.passages.dropFirst()).allSatisfy { $0.share >= $1.share })
      for passage in evidence.passages {
        let words = passage.words.reduce(passage.constant) { $0 + $1.contribution }
        #expect(abs(words - passage.logit) < 1e-3)
        let scored = try #require(result.passages.first { $0.start == passage.start })
        #expect(scored.end == passage.end)
        #expect(abs(scored.logits[network] - passage.logit) < 1e-3)
        checkWords(passage, in: text)
      }
    }
  }

  private func checkWords(_ passage: PassageEvidence, in text: PlainText) {
    #expect(!passage.words.isEmpty)
    var position = passage.start
    for word in passage.words {
      #expect(word.start >= position && word.start <= word.end && word.end <= passage.end)
      #expect(isBoundary(word.start, in: text.utf8) && isBoundary(word.end, in: text.utf8))
      #expect(!isSeparated(word.start..<word.end, in: text, by: EvidenceWords.isSpace))
      #expect(isSeparator(position..<word.start, in: text))
      position = word.end
    }
    #expect(isSeparator(position..<passage.end, in: text))
  }

  private func isSeparated(
    _ range: Range<Int>, in text: PlainText, by isSeparator: (Unicode.Scalar) -> Bool
  ) -> Bool { text[range].unicodeScalars.contains(where: isSeparator) }

  private func isSeparator(_ range: Range<Int>, in text: PlainText) -> Bool {
    text[range].unicodeScalars.allSatisfy { EvidenceWords.isSpace($0) || EvidenceWords.isDash($0) }
  }

  /// A text's words, after a check that they add up and lie in order.
  private func words(of source: String) throws -> [String] {
    let text = try PlainText(source)
    let result = try classifier.classify(text)
    let evidence = try #require(
      classifier.evidence(for: "N1", in: text, classification: result, limit: 100))
    for passage in evidence.passages {
      checkWords(passage, in: text)
      let sum = passage.words.reduce(passage.constant) { $0 + $1.contribution }
      #expect(abs(sum - passage.logit) < 1e-3, "\(source)")
    }
    return evidence.passages.sorted { $0.start < $1.start }.flatMap(\.words)
      .map { text[$0.start..<$0.end] }
  }

  @Test(
    "every Unicode space splits words and belongs to none",
    arguments: [
      " ", "\t", "\u{A0}", "\u{1680}", "\u{2002}", "\u{2003}", "\u{2009}", "\u{200B}", "\u{202F}",
      "\u{205F}", "\u{3000}", "\u{2028}", "\u{85}", " \u{A0} ",
    ])
  func spaces(space: String) throws {
    #expect(
      try words(of: ["cycle", "paths", "for", "everybody"].joined(separator: space) + space)
        == ["cycle", "paths", "for", "everybody"])
  }

  @Test(
    "dashes split words and stand alone",
    arguments: ["-", "\u{2010}", "\u{2011}", "\u{2013}", "\u{2014}", "\u{2212}"],
    ["", " ", "\u{A0}"])
  func dashes(dash: String, space: String) throws {
    let found = try words(of: "the city" + space + dash + space + "region alliance")
    let letters = found.filter { $0.contains(where: \.isLetter) }
    #expect(letters == ["the", "city", "region", "alliance"])
    #expect(found.filter { !$0.contains(where: \.isLetter) }.allSatisfy { $0 == dash })
  }

  @Test("punctuation of any script stands alone")
  func punctuation() throws {
    let found = try words(of: "«¿Qué hace la ciudad?», pregunta… “Nada”.")
    #expect(
      found.filter { $0.contains(where: \.isLetter) } == [
        "Qué", "hace", "la", "ciudad", "pregunta", "Nada",
      ])
  }

  @Test("scripts with spaces give whole words")
  func spacedScripts() throws {
    let arabic = "تبني المدينة مسارات آمنة للدراجات والمشاة"
    let korean = "도시는 자전거 도로와 대중교통을 확장합니다"
    let russian = "Город расширяет сеть велосипедных дорожек"
    let hindi = "शहर साइकिल मार्गों का विस्तार करता है"
    let decomposed = "Cafe\u{301} año straße łódź"
    for text in [arabic, korean, russian, hindi, decomposed] {
      #expect(try words(of: text) == text.split(separator: " ").map(String.init))
    }
  }

  @Test(
    "scripts without spaces give a word a piece",
    arguments: [
      "เมืองขยายเส้นทางจักรยานและระบบขนส่งสาธารณะเพื่อให้ประชาชนเดินทางได้สะดวก",
      "城市扩大自行车道网络，并改善公共交通，让居民不必开车出行。",
      "市は自転車道の網を広げ、公共交通を改善し、住民が車なしで移動できるようにする。",
      "都市計画とTokyo 2030の交通",
    ])
  func unspacedScripts(source: String) throws {
    let found = try words(of: source)
    #expect(found.joined() == source.filter { !$0.isWhitespace })
    #expect(found.count >= 5)
    #expect(found.allSatisfy { $0.count <= 16 }, "\(found)")
    // No word starts with a mark that belongs to the character before it.
    #expect(
      found.allSatisfy { $0.unicodeScalars.first?.properties.isGraphemeExtend == false },
      "\(found)")
  }

  @Test("an emoji of several parts is not cut", arguments: ["👩🏽‍🚒", "👍🏿", "❤️"])
  func emoji(character: String) throws {
    let found = try words(of: "the city \(character) rides")
    #expect(found.contains(character), "\(found)")
    #expect(found.joined() == "thecity\(character)rides")
  }

  @Test("a negative limit is none", arguments: [-1, Int.min])
  func negativeLimit(limit: Int) throws {
    let text = try PlainText("A cycle path beside the river.")
    let result = try classifier.classify(text)
    let evidence = try #require(
      classifier.evidence(for: "N1", in: text, classification: result, limit: limit))
    #expect(evidence.passages.isEmpty)
    #expect(abs(evidence.otherPassages + evidence.dilution - evidence.logit) < 1e-3)
  }

  @Test("what is not listed is summed up", arguments: [0, 1, 2, 3])
  func otherPassages(limit: Int) throws {
    var generator = TestGenerator(seed: 99)
    let text = try PlainText(text(&generator, passages: 10))
    let result = try classifier.classify(text)
    try #require(result.passages.count > 3)
    let all = try #require(
      classifier.evidence(for: "N3", in: text, classification: result, limit: 1000))
    let some = try #require(
      classifier.evidence(for: "N3", in: text, classification: result, limit: limit))
    #expect(some.passages == Array(all.passages.prefix(limit)))
    let rest = all.passages.dropFirst(limit).reduce(0) { $0 + $1.share * $1.logit }
    #expect(abs(some.otherPassages - rest) < 1e-3)
  }

  @Test("there is no evidence for what is no network")
  func unknownNetwork() throws {
    let text = try PlainText("A cycle path beside the river.")
    let result = try classifier.classify(text)
    #expect(classifier.evidence(for: "N99", in: text, classification: result) == nil)
    #expect(result.score(of: "N99") == nil)
  }

  @Test(
    "a document's logits do not depend on which passages are worked on together",
    arguments: [6, FeatureSums.enough * 2 + 3])
  func batches(passages: Int) throws {
    var generator = TestGenerator(seed: 5)
    let text = try PlainText(text(&generator, passages: passages))
    let whole = try classifier.classify(text)
    for passage in whole.passages {
      let alone = try classifier.classify(PlainText(text[passage.start..<passage.end]))
      try #require(alone.passages.count == 1)
      #expect(alone.passages[0].logits == passage.logits)
      #expect(alone.scores.map(\.logit) == alone.passages[0].logits, "one passage keeps its logits")
    }
    let workspace = Classifier.Workspace()
    for _ in 0..<2 { #expect(try classifier.classify(text, workspace: workspace) == whole) }
  }

  @Test("probabilities are the logits' and decide")
  func decision() throws {
    var generator = TestGenerator(seed: 6)
    for _ in 0..<5 {
      let result = try classifier.classify(PlainText(text(&generator, passages: 1)))
      for score in result.scores { #expect(score.probability == logistic(score.logit)) }
      let best = try #require(result.scores.max { $0.logit < $1.logit })
      if result.topic >= classifier.heads.topicThreshold {
        #expect(result.primary == best.network)
      } else {
        #expect(result.primary == nil && result.further.isEmpty)
      }
      for (score, threshold) in zip(result.scores, classifier.heads.thresholds) {
        let isFurther = result.further.contains(score.network)
        #expect(
          isFurther
            == (result.primary != nil && score.network != result.primary
              && score.probability >= threshold))
      }
    }
  }

  @Test(
    "texts without prose give finite, encodable results",
    arguments: ["🚲", ".", "\u{200B}", "\u{A0}", "\u{3000}", "12 34", "-"],
    [
      Classifier.Markup.plain, .markdown,
    ])
  func hardlyAnyText(source: String, markup: Classifier.Markup) throws {
    try checkFinite(source, markup)
  }

  @Test(
    "Markdown that is all code, rule or address gives a finite, encodable result",
    arguments: ["```\nlet a = 1\n```", "https://example.org/plan", "---", "# \n\n***", "```"])
  func markdownWithoutProse(source: String) throws {
    try checkFinite(source, .markdown)
  }

  /// Refusing the text as empty is right, too.
  private func checkFinite(_ source: String, _ markup: Classifier.Markup) throws {
    do {
      let text = try PlainText(source)
      let result = try classifier.classify(text, markup: markup)
      #expect(result.scores.allSatisfy { $0.logit.isFinite })
      #expect(throws: Never.self) { try JSONEncoder().encode(result) }
      let evidence = try #require(
        classifier.evidence(for: "N1", in: text, markup: markup, classification: result))
      #expect(throws: Never.self) { try JSONEncoder().encode(evidence) }
    } catch TextError.empty {}
  }

  @Test("words lie in the text whatever Unicode it holds", arguments: TestGenerator.seeds(10))
  func fuzz(seed: UInt64) throws {
    var generator = TestGenerator(seed: seed)
    let source = generator.text(generator.int(1...400), withControls: true)
    let text = try PlainText("a" + source)
    let result = try classifier.classify(text)
    let evidence = try #require(
      classifier.evidence(for: "N2", in: text, classification: result, limit: 100))
    for passage in evidence.passages {
      var position = passage.start
      for word in passage.words {
        #expect(word.start >= position && word.start <= word.end && word.end <= passage.end)
        #expect(isBoundary(word.start, in: text.utf8) && isBoundary(word.end, in: text.utf8))
        position = word.end
      }
      let sum = passage.words.reduce(passage.constant) { $0 + $1.contribution }
      #expect(abs(sum - passage.logit) < 1e-3)
    }
  }

  @Test("Markdown reads like the same text without marks")
  func markdown() throws {
    let marked = try PlainText(
      "# Sharing the street\n\n**Cycle paths** and [buses](https://a.org).")
    let result = try classifier.classify(marked, markup: .markdown)
    let evidence = try #require(
      classifier.evidence(for: "N1", in: marked, markup: .markdown, classification: result))
    let words = evidence.passages.flatMap(\.words).map { marked[$0.start..<$0.end] }
    #expect(words.contains("Cycle"))
    #expect(words.contains("paths") && words.contains("buses"))
    #expect(!words.contains { $0.contains("https") || $0.contains("#") || $0.contains("**") })
  }

  @Test("a cancelled task stops")
  func cancellation() async throws {
    let classifier = classifier
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try classifier.classify(PlainText("A cycle path."))
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}

@Suite("Pooling")
struct PoolingTests {
  @Test("one passage keeps its logits", arguments: [-700.0, -3, 0, 5, 700])
  func onePassage(logit: Double) {
    let weights = Pooling.weights(topics: [logit], lengths: [40])
    #expect(weights == [1])
    #expect(Pooling.logit(weights: weights, logits: [logit]) == logit)
    let shares = Pooling.shares(weights: weights, logits: [logit])
    #expect(shares == [1])
    #expect(Pooling.dilution(weights: weights, shares: shares) == 0)
  }

  @Test(
    "weights and shares sum to 1, dilution is what is missing", arguments: TestGenerator.seeds(30))
  func sums(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let scale = generator.pick([0.1, 5, 300])
    let logits = (0..<generator.int(1...20)).map { _ in
      (0..<3).map { _ in Double(generator.float()) * scale }
    }
    let lengths = logits.map { _ in generator.int(0...1500) }
    let weights = Pooling.weights(topics: logits.map { $0[0] }, lengths: lengths)
    #expect(abs(weights.reduce(0, +) - 1) < 1e-12)
    #expect(weights.allSatisfy { $0 > 0 })
    for network in 0..<3 {
      let own = logits.map { $0[network] }
      let pooled = Pooling.logit(weights: weights, logits: own)
      #expect(pooled <= own.reduce(-.infinity, max) + 1e-9)
      #expect(pooled >= own.reduce(.infinity, min) - 1e-9)
      let shares = Pooling.shares(weights: weights, logits: own)
      #expect(abs(shares.reduce(0, +) - 1) < 1e-9)
      let dilution = Pooling.dilution(weights: weights, shares: shares)
      #expect(dilution <= 1e-12)
      let sum = zip(shares, own).reduce(dilution) { $0 + $1.0 * $1.1 }
      #expect(abs(sum - pooled) < 1e-9 * max(1, scale))
    }
  }

  @Test("agreeing passages pool to their logits, without dilution")
  func agreement() {
    let logits = Array(repeating: [2.5, -1], count: 9)
    let weights = Pooling.weights(
      topics: logits.map { $0[0] }, lengths: (1...9).map { $0 * 100 })
    let shares = Pooling.shares(weights: weights, logits: Array(repeating: 2.5, count: 9))
    #expect(
      abs(Pooling.logit(weights: weights, logits: Array(repeating: 2.5, count: 9)) - 2.5) < 1e-12)
    #expect(abs(Pooling.dilution(weights: weights, shares: shares)) < 1e-12)
  }

  @Test("one passage on mobility shows among 39 of boilerplate")
  func boilerplate() {
    var logits = Array(repeating: [-4.0, -5, -6], count: 39)
    logits.insert([3, -4, -5], at: 17)
    let weights = Pooling.weights(
      topics: logits.map { $0[0] }, lengths: Array(repeating: 1000, count: 40))
    #expect(logistic(Pooling.logit(weights: weights, logits: logits.map { $0[0] })) > 0.5)
    #expect(logistic(Pooling.logit(weights: weights, logits: logits.map { $0[1] })) < 0.1)
  }

  @Test("and so it does in a real document of forty passages")
  func realBoilerplate() throws {
    let boilerplate = [
      "The contract shall be governed by the law of the seat of the contracting party. Any notice "
        + "shall be given in writing and shall be deemed received on the third working day.",
      "The accounts were audited and signed by both accountants. Depreciation is entered by the "
        + "straight-line method over the useful life of each asset, as in the year before.",
      "Annex four lists the forms in their order. Each form is to be filled in with black ink, "
        + "signed on every page, and returned in two copies to the registry before noon.",
    ]
    let mobility =
      "The city closes its centre to through traffic, builds a network of protected cycle lanes, "
      + "gives buses and trams priority at every junction and turns parking spaces into pavements, "
      + "so that sustainable urban mobility, walking and cycling replace the private car."
    func padded(_ text: String, _ index: Int) -> String {
      var result = "Section \(index)."
      while result.utf8.count < Passages.target - 10 { result += " " + text }
      return result
    }
    var parts = (0..<39).map { padded(boilerplate[$0 % 3], $0) }
    parts.insert(padded(mobility, 39), at: 20)
    let text = try PlainText(parts.joined(separator: "\n\n"))
    let result = try TestModel.classifier.classify(text)
    #expect(result.passages.count >= 35)
    let alone = try TestModel.classifier.classify(PlainText(parts[20]))
    let network = try #require(alone.primary, "the passage alone has a network")
    let score = try #require(result.score(of: network))
    #expect(score.probability > 0.5, "\(network): \(score), alone \(alone.scores)")
  }
}
