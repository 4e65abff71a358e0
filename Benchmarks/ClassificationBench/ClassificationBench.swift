import BenchSupport
import CPeak
import CVectorKernels
import Classification
import Foundation

/// Measures the classifier on labelled texts and prints JSON; the script
/// `Benchmarks/classification` sets the figures beside those of other systems.
@main
struct ClassificationBench {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard (3...4).contains(arguments.count) else {
      FileHandle.standardError.write(
        Data("usage: ClassificationBench MODEL TEXTS.jsonl EMBEDDINGS [HEADS.json]\n".utf8))
      exit(64)
    }
    let words = Array(arguments)
    let heads =
      words.count > 3 ? try Heads(contentsOf: URL(filePath: words[3])) : try Heads.shipped()
    let classifier = Classifier(encoder: try Encoder(path: words[0]), heads: heads)
    let items = try LabelledText.read(
      jsonl: Data(contentsOf: URL(filePath: words[1])), source: words[1], networks: heads.labels)
    let bench = Bench(classifier: classifier, texts: try items.map { try PlainText($0.text) })
    let result = Result(
      speed: try bench.run(), quality: try classifier.evaluate(items))
    try Data(bench.embeddings().flatMap(\.littleEndianBytes)).write(to: URL(filePath: words[2]))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    FileHandle.standardOutput.write(try encoder.encode(result) + Data("\n".utf8))
  }

  struct Result: Encodable {
    var speed: Bench.Speed
    var quality: ClassificationReport
  }
}

/// The measurements, all on one thread and on the same texts.
struct Bench {
  let classifier: Classifier
  let texts: [PlainText]

  /// Times are of one pass over all texts.
  struct Speed: Encodable {
    var instructionSet = String(cString: vk_instruction_set())
    var documents = 0
    /// Tokens of all texts, the marks of each text's beginning and end included.
    var tokens = 0
    /// Text to networks, one document at a time.
    var classify: Passes
    /// After classifying, before anything else was measured.
    var peakMemory: UInt64
    /// Text to tokens.
    var tokenize: Passes
    /// Tokens to features.
    var features: Passes
    /// The same with each instruction set that this machine has.
    var featuresByInstructionSet: [String: Passes] = [:]
    /// Text to embeddings, which is what other encoders do.
    var encode: Passes
    var productsPerToken = Encoder.productsPerToken
    /// Multiply-adds a second that the features take, and the most there could be.
    var productsPerSecond = 0.0
    var peakProductsPerSecond = 0.0
  }

  func run() throws -> Speed {
    let workspace = Classifier.Workspace()
    let classify = try Passes {
      for text in texts { _ = try classifier.classify(text, workspace: workspace) }
    }
    let memory = peak_memory()
    let before = Self.peakRate()
    let batches = batches()
    let features = Passes { for batch in batches { classifier.encoder.encode(batch) } }
    let after = Self.peakRate()
    var scratch = Tokenizer.Scratch()
    let tokenize = Passes { for text in texts { self.tokenize(text, &scratch) } }
    let encode = Passes { _ = embeddings() }
    var speed = Speed(
      classify: classify, peakMemory: memory, tokenize: tokenize, features: features,
      encode: encode)
    speed.documents = texts.count
    speed.tokens = batches.reduce(0) { $0 + $1.tokenCount }
    speed.productsPerSecond =
      Double(speed.tokens * speed.productsPerToken) / features.fastest
    speed.peakProductsPerSecond = max(before, after)
    for name in ["avx512vnni", "avx2", "neon", "plain"] where vk_force_instruction_set(name) == 1 {
      speed.featuresByInstructionSet[name] = Passes(count: 2, seconds: 1) {
        for batch in batches { classifier.encoder.encode(batch) }
      }
    }
    vk_force_instruction_set(nil)
    return speed
  }

  /// The embeddings of all texts, each read as one sequence.
  func embeddings() -> [Float] {
    let batch = EncoderBatch()
    var sums = FeatureSums()
    var scratch = Tokenizer.Scratch()
    var result: [Float] = []
    func flush() {
      classifier.encoder.encode(batch)
      classifier.encoder.add(batch, to: &sums)
      batch.removeAll()
    }
    func finish() {
      result += classifier.encoder.embeddings(of: sums)
      sums.removeAll()
    }
    for text in texts {
      tokenize(text, &scratch)
      if batch.count > 0, batch.tokenCount + scratch.tokens.count > Classifier.batchTokens {
        flush()
        if sums.count >= FeatureSums.enough { finish() }
      }
      batch.append(scratch.tokens)
    }
    flush()
    finish()
    return result
  }

  /// All texts in batches as `classify` makes them of a long document.
  private func batches() -> [EncoderBatch] {
    var batches = [EncoderBatch()]
    var scratch = Tokenizer.Scratch()
    for text in texts {
      tokenize(text, &scratch)
      let last = batches[batches.count - 1]
      if last.count > 0, last.tokenCount + scratch.tokens.count > Classifier.batchTokens {
        batches.append(EncoderBatch())
      }
      batches[batches.count - 1].append(scratch.tokens)
    }
    return batches
  }

  private func tokenize(_ text: PlainText, _ scratch: inout Tokenizer.Scratch) {
    text.utf8.withUnsafeBufferPointer {
      classifier.encoder.tokenizer.tokenize($0, scratch: &scratch)
    }
  }

  private static func peakRate() -> Double {
    var products: UInt64 = 0
    let passes = Passes(count: 20, seconds: 0) {
      products = peak_products(vk_instruction_set(), 4_000_000)
    }
    return Double(products) / passes.fastest
  }
}

extension Float {
  fileprivate var littleEndianBytes: [UInt8] {
    withUnsafeBytes(of: bitPattern.littleEndian) { Array($0) }
  }
}
