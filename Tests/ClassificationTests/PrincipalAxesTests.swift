import CVectorKernels
import Foundation
import TestSupport
import Testing

@testable import Classification

@Suite("Principal axes")
struct PrincipalAxesTests {
  @Test(
    "eigenvectors are orthonormal and belong to their values", arguments: TestGenerator.seeds(30))
  func eigen(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let n = generator.int(1...24)
    var matrix = [Double](repeating: 0, count: n * n)
    // Some matrices of low rank, some with equal eigenvalues, some all zeros.
    for _ in 0..<generator.pick([0, 1, 2, n, 2 * n]) {
      let v = (0..<n).map { _ in Double(generator.float()) }
      for i in 0..<n { for j in 0..<n { matrix[i * n + j] += v[i] * v[j] } }
    }
    for i in 0..<n { matrix[i * n + i] += generator.pick([0, 1]) }
    var work = matrix
    var values = [Double](repeating: 0, count: n)
    var vectors = [Double](repeating: 0, count: n * n)
    #expect(vk_symmetric_eigen(&work, n, &values, &vectors) != 0)
    for r in 0..<n {
      let own = Array(vectors[r * n..<(r + 1) * n])
      for s in 0..<n {
        let product = zip(own, vectors[s * n..<(s + 1) * n]).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product - (r == s ? 1 : 0)) < 1e-9)
      }
      for i in 0..<n {
        let image = zip(matrix[i * n..<(i + 1) * n], own).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(image - values[r] * own[i]) < 1e-8)
      }
    }
  }

  @Test("the first axis is the direction of the largest variance")
  func largest() throws {
    var generator = TestGenerator(seed: 4)
    var vectors: [Float] = []
    for _ in 0..<200 {
      let (along, across) = (10 * generator.float(), generator.float())
      // x is along (3, 4, 0, …)/5 from a mean of 7.
      vectors += [7 + 0.6 * along, 7 + 0.8 * along, 7 + across] + Array(repeating: 7, count: 13)
    }
    let found = try #require(PrincipalAxes.find(vectors, length: 16, count: 2))
    #expect(abs(found.axes[0][0] - 0.6) < 0.05 && abs(found.axes[0][1] - 0.8) < 0.05)
    #expect(abs(found.axes[1][2]) > 0.99)
    #expect(found.variances[0] > found.variances[1] && found.variances[1] > 0)
    #expect(abs(found.mean[5] - 7) < 1e-9)
    #expect(PrincipalAxes.find([], length: 16, count: 2) == nil)
  }

  @Test("training along axes agrees with training on all features, in the encoder's terms")
  func fullWeights() throws {
    let texts = try TestCorpus.passages("en-n1-n4").prefix(60).map(\.text)
    let passages = EncodedPassages(texts, encoder: TestModel.encoder, axes: 48) { _ in }
    let whole = EncodedPassages(texts, encoder: TestModel.encoder, axes: nil) { _ in }
    #expect(passages.width == 48 && whole.width == Encoder.featureCount)
    #expect(passages.starts == whole.starts && passages.embeddings == whole.embeddings)
    #expect(whole.fullMean == whole.mean)
    var generator = TestGenerator(seed: 9)
    let weights = generator.floats(48)
    let full = passages.fullWeights(weights[...])
    for token in [0, 17, passages.starts[60] - 1] {
      let along = zip(weights, passages.features[token * 48..<(token + 1) * 48])
        .reduce(Float(0)) { $0 + $1.0 * $1.1 }
      let width = Encoder.featureCount
      let direct = zip(full, whole.features[token * width..<(token + 1) * width])
        .reduce(Float(0)) { $0 + $1.0 * $1.1 }
      #expect(abs(along - direct) < 1e-3 * max(1, abs(direct)))
    }
  }
}

@Suite("Content space")
struct ContentSpaceTests {
  private func cosine(_ a: [Float], _ b: [Float]) -> Float {
    func dot(_ x: [Float], _ y: [Float]) -> Float { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
    return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
  }

  @Test("a plan is nearest to its translation, and does not depend on boilerplate")
  func nearest() throws {
    let classifier = TestModel.classifier
    let workspace = Classifier.Workspace()
    func content(_ text: String) throws -> [Float] {
      let (classification, content) = try classifier.read(PlainText(text), workspace: workspace)
      #expect(try classifier.classify(PlainText(text), workspace: workspace) == classification)
      return content
    }
    let bikes = "The city builds protected cycle lanes and a public bicycle scheme for commuters."
    let bicis = "La ciudad construye carriles bici protegidos y un sistema de bicicletas públicas."
    let waste = "Households separate food waste, which a plant turns into compost for farmers."
    let (one, other, third) = try (content(bikes), content(bicis), content(waste))
    #expect(one.count == ContentSpace.dimensions)
    #expect(cosine(one, other) > cosine(one, third) + 0.2)
    let boilerplate = "Signed in two copies. The parties keep one copy each. Done at noon."
    let padded = try content(
      bikes + "\n\n" + Array(repeating: boilerplate, count: 20).joined(separator: "\n\n"))
    #expect(cosine(one, padded) > cosine(one, try content(boilerplate)))
  }

  @Test("what is written is what was learnt")
  func roundTrip() throws {
    var generator = TestGenerator(seed: 5)
    let space = ContentSpace(
      embeddings: generator.floats(Encoder.embeddingLength * 40),
      languages: (0..<40).map { $0 < 20 ? "en" : "es" })
    let read = try JSONDecoder().decode(ContentSpace.self, from: JSONEncoder().encode(space))
    #expect(read == space && read.isConsistent)
    let place = space(generator.floats(Encoder.embeddingLength))
    #expect(place.count == ContentSpace.dimensions && place.allSatisfy(\.isFinite))
    let short = try JSONDecoder().decode(
      ContentSpace.self, from: Data(#"{"mean":"AAAA","axes":"AAAA"}"#.utf8))
    #expect(!short.isConsistent)
  }
}
