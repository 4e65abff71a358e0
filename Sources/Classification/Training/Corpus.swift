public import Foundation

/// The passages that the heads learn from.
public struct Corpus: Sendable {
  public var texts: [LabelledText]
  public var summary: Heads.CorpusSummary

  /// Reads every `.jsonl` file of a folder, in the order of their names.
  ///
  /// - Parameter networks: the labels that may occur.
  /// - Throws: `LabelledText.FileError` with every wrong line of every file.
  public init(folder: URL, networks: [String]) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".jsonl") }.sorted()
    var texts: [LabelledText] = []
    var errors: [LabelledText.LineError] = []
    var places: [String: String] = [:]
    var bytes = Data()
    for name in names {
      let data = try Data(contentsOf: folder.appending(path: name))
      bytes.append(data)
      do {
        texts += try LabelledText.read(
          jsonl: data, source: name, networks: networks, places: &places)
      } catch {
        errors += error.lines
      }
    }
    if names.isEmpty {
      errors.append(
        LabelledText.LineError(
          source: folder.path, line: 0, reason: "the folder holds no .jsonl file"))
    }
    guard errors.isEmpty else { throw LabelledText.FileError(lines: errors) }
    self.texts = texts
    let sum = String(checksum(of: bytes), radix: 16)
    summary = Heads.CorpusSummary(
      passages: texts.count, files: names,
      checksum: String(repeating: "0", count: 16 - sum.count) + sum)
  }
}

/// Two passages that are more alike than passages by different hands are.
public struct NearDuplicate: Equatable, Sendable {
  public var first: String
  public var second: String
  /// The share of word triples that they have in common (Jaccard index).
  public var similarity: Double
}

extension Corpus {
  /// Pairs of passages that share at least `threshold` of their word triples.
  ///
  /// - Complexity: O(n · m) for n passages with m triples each, plus the pairs
  ///   that share a triple.
  public func nearDuplicates(threshold: Double = 0.25) -> [NearDuplicate] {
    var holders: [Substring: [Int]] = [:]
    var sizes: [Int] = []
    let lowered = texts.map { $0.text.lowercased() }
    for (index, text) in lowered.enumerated() {
      let words = text.split { !$0.isLetter && !$0.isNumber }
      var triples: Set<Substring> = []
      for start in words.indices.dropLast(2) {
        triples.insert(text[words[start].startIndex..<words[start + 2].endIndex])
      }
      sizes.append(triples.count)
      for triple in triples { holders[triple, default: []].append(index) }
    }
    var shared: [[Int]: Int] = [:]
    for indices in holders.values where indices.count > 1 && indices.count <= 50 {
      for (position, first) in indices.enumerated() {
        for second in indices[(position + 1)...] { shared[[first, second], default: 0] += 1 }
      }
    }
    return shared.compactMap { pair, count in
      let union = sizes[pair[0]] + sizes[pair[1]] - count
      let similarity = Double(count) / Double(max(1, union))
      guard similarity >= threshold else { return nil }
      return NearDuplicate(
        first: texts[pair[0]].id, second: texts[pair[1]].id, similarity: similarity)
    }.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
  }
}
