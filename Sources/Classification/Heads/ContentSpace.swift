private import CVectorKernels
import Foundation

/// The space in which the contents of plans are compared.
///
/// Embeddings of any two plans are alike, because all plans are plans; so the
/// background, their mean, is taken away. So is what tells languages apart: the
/// directions between the means of the corpus' languages. What is left is laid along
/// the principal axes of the corpus, each divided by the fourth root of its
/// variance: half-way to giving every axis the same say. The first axes carry most.
public struct ContentSpace: Codable, Sendable, Equatable {
  /// Values of a content vector.
  public static let dimensions = 256

  /// The mean embedding of the corpus.
  private var mean: [Float]
  /// The scaled axes, one after another.
  private var axes: [Float]

  /// A language with fewer passages says nothing reliable of itself.
  private static let leastPassages = 20

  /// - Parameters:
  ///   - embeddings: of the corpus' passages, one after another.
  ///   - languages: of the passages.
  init(embeddings: [Float], languages: [String]) {
    let length = Encoder.embeddingLength
    let plain = Self.withoutLanguages(embeddings, languages)
    guard let found = PrincipalAxes.find(plain, length: length, count: Self.dimensions) else {
      preconditionFailure("a corpus of finite embeddings has principal axes")
    }
    mean = found.mean.map { Self.rounded(Float($0)) }
    // What the corpus does not span has no say; its axes would be noise.
    let least = (found.variances.first ?? 0) * 1e-9
    axes = zip(found.axes, found.variances).flatMap { axis, variance in
      let scale = variance > least ? pow(variance, -0.25) : 0
      return axis.map { Self.rounded(Float($0 * scale)) }
    }
  }

  /// The embeddings without their parts along the directions between languages.
  /// The axes of what is left are at right angles to these, so that placing an
  /// embedding removes them by itself.
  private static func withoutLanguages(_ embeddings: [Float], _ languages: [String]) -> [Float] {
    let length = Encoder.embeddingLength
    var means: [Float] = []
    for (_, members) in Dictionary(grouping: languages.indices, by: { languages[$0] })
      .sorted(by: { $0.key < $1.key }) where members.count >= leastPassages
    {
      var mean = [Float](repeating: 0, count: length)
      for member in members {
        for index in 0..<length { mean[index] += embeddings[member * length + index] }
      }
      means += mean.map { $0 / Float(members.count) }
    }
    let count = means.count / length - 1
    guard count > 0, let between = PrincipalAxes.find(means, length: length, count: count) else {
      return embeddings
    }
    var plain = embeddings
    for start in stride(from: 0, to: plain.count, by: length) {
      for axis in between.axes {
        var along = 0.0
        for index in 0..<length { along += Double(plain[start + index]) * axis[index] }
        for index in 0..<length { plain[start + index] -= Float(along * axis[index]) }
      }
    }
    return plain
  }

  /// Whether the arrays have the sizes that they must have.
  var isConsistent: Bool {
    mean.count == Encoder.embeddingLength
      && axes.count == Self.dimensions * Encoder.embeddingLength
      && (mean + axes).allSatisfy(\.isFinite)
  }

  /// An embedding's place in the space.
  func callAsFunction(_ embedding: [Float]) -> [Float] {
    let centred = zip(embedding, mean).map { $0 - $1 }
    var result = [Float](repeating: 0, count: Self.dimensions)
    vk_row_products(centred, 1, centred.count, axes, Self.dimensions, &result)
    return result
  }

  // Values are kept in the upper 16 bits of a float, in which training rounds
  // them: half the bytes in the file, and nothing is lost in it.

  private static func rounded(_ value: Float) -> Float {
    Float(bitPattern: (value.bitPattern &+ 0x8000) & 0xFFFF_0000)
  }

  private enum CodingKeys: String, CodingKey { case mean, axes }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func floats(_ key: CodingKeys) throws -> [Float] {
      let data = try values.decode(Data.self, forKey: key)
      return stride(from: data.startIndex, to: data.endIndex - 1, by: 2).map {
        Float(bitPattern: UInt32(data[$0]) << 16 | UInt32(data[$0 + 1]) << 24)
      }
    }
    mean = try floats(.mean)
    axes = try floats(.axes)
  }

  public func encode(to encoder: any Swift.Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    func data(_ floats: [Float]) -> Data {
      Data(
        floats.flatMap { [UInt8($0.bitPattern >> 16 & 0xFF), UInt8($0.bitPattern >> 24)] })
    }
    try values.encode(data(mean), forKey: .mean)
    try values.encode(data(axes), forKey: .axes)
  }
}
