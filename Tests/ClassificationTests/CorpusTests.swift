import Foundation
import TestSupport
import Testing

@testable import Classification

@Suite("Corpus")
struct CorpusTests {
  @Test("has enough passages of every network and of none")
  func size() throws {
    let counts = Dictionary(grouping: try TestCorpus.texts, by: \.primary).mapValues(\.count)
    for network in TestCorpus.networks {
      #expect(counts[network, default: 0] >= 150, "\(network): \(counts[network, default: 0])")
    }
    #expect(counts[nil, default: 0] >= 300, "none: \(counts[nil, default: 0])")
  }

  @Test("has the programme's languages and no others")
  func languages() throws {
    #expect(
      Set(try TestCorpus.texts.map(\.language)) == [
        "en", "es", "pt", "fr", "it", "de", "pl", "ro", "el", "hr", "sl", "cs", "sv", "fi", "nl",
        "hu", "zh", "ja", "ko", "th", "vi", "id",
      ])
  }

  @Test("every passage has its own id and its own text")
  func distinct() throws {
    let texts = try TestCorpus.texts
    #expect(Set(texts.map(\.id)).count == texts.count)
    #expect(Set(texts.map(\.text)).count == texts.count)
  }

  @Test("has no two passages that are nearly the same")
  func nearDuplicates() throws {
    let found = try TestCorpus.whole.get().nearDuplicates()
    #expect(found.isEmpty, "\(found)")
  }

  @Test("finds passages that are nearly the same")
  func findsNearDuplicates() throws {
    var corpus = try TestCorpus.whole.get()
    let original = try #require(corpus.texts.first)
    var copy = original
    copy.id = "copy"
    copy.text = copy.text.uppercased() + " And more."
    corpus.texts = Array(corpus.texts.prefix(50)) + [copy]
    let found = corpus.nearDuplicates()
    #expect(found.count == 1)
    #expect(found.first?.first == original.id && found.first?.second == "copy")
    #expect(found.first.map { (0.8...1).contains($0.similarity) } == true)
  }

  @Test("shares no text with the triples")
  func triples() throws {
    let texts = Set(try TestCorpus.texts.map(\.text))
    for triple in try Triple.all() {
      for text in [triple.en, triple.es, triple.pt] {
        #expect(!texts.contains(text), "\(triple.id)")
      }
    }
  }

  @Test("names every wrong line of every file, and a folder without any")
  func errors() throws {
    let folder = try TemporaryFolder()
    let empty = #expect(throws: LabelledText.FileError.self) {
      try Corpus(folder: folder.url, networks: ["N1"])
    }
    #expect(empty?.description.contains("no .jsonl file") == true)
    let good = #"{"text":"a","labels":["N1"],"primary":"N1"}"# + "\n"
    try folder.write(Data((good + "{\n").utf8), to: "b.jsonl")
    try folder.write(Data("[]\n".utf8), to: "a.jsonl")
    try folder.write(Data("not read".utf8), to: "a.txt")
    let error = #expect(throws: LabelledText.FileError.self) {
      try Corpus(folder: folder.url, networks: ["N1"])
    }
    #expect(error?.lines.map { "\($0.source):\($0.line)" } == ["a.jsonl:1", "b.jsonl:2"])
  }

  @Test("an id stands once in all files together")
  func repeatedIdentifier() throws {
    let folder = try TemporaryFolder()
    func line(_ id: String) -> String { #"{"id":"\#(id)","text":"a","labels":[]}"# + "\n" }
    try folder.write(Data((line("x") + line("y")).utf8), to: "a.jsonl")
    try folder.write(Data((line("z") + "\n" + line("y") + line("x")).utf8), to: "b.jsonl")
    let error = #expect(throws: LabelledText.FileError.self) {
      try Corpus(folder: folder.url, networks: ["N1"])
    }
    #expect(
      error?.description == """
        b.jsonl:3: the id 'y' stands in a.jsonl:2 already
        b.jsonl:4: the id 'x' stands in a.jsonl:1 already
        """)
  }

  @Test("the checksum follows every byte")
  func checksum() throws {
    let folder = try TemporaryFolder()
    let line = #"{"text":"a","labels":["N1"],"primary":"N1"}"#
    try folder.write(Data((line + "\n").utf8), to: "a.jsonl")
    let first = try Corpus(folder: folder.url, networks: ["N1"]).summary
    #expect(first.passages == 1 && first.files == ["a.jsonl"] && first.checksum.count == 16)
    #expect(try Corpus(folder: folder.url, networks: ["N1"]).summary == first)
    try folder.write(Data((line + " \n").utf8), to: "a.jsonl")
    #expect(try Corpus(folder: folder.url, networks: ["N1"]).summary.checksum != first.checksum)
  }
}

/// One text in three languages.
private struct Triple: Decodable {
  var id: String
  var primary: String?
  var en: String
  var es: String
  var pt: String

  static func all() throws -> [Triple] {
    let url = Repository.root.appending(path: "Tests/ClassificationTests/Fixtures/triples.jsonl")
    return try Data(contentsOf: url).split(separator: 0x0A).map {
      try JSONDecoder().decode(Triple.self, from: $0)
    }
  }
}

@Suite("Languages")
struct LanguageTests {
  @Test("the same text has the same primary network in English, Spanish and Portuguese")
  func triples() throws {
    let triples = try Triple.all()
    #expect(!triples.isEmpty)
    let workspace = Classifier.Workspace()
    var different: [String] = []
    for triple in triples {
      let found = try [triple.en, triple.es, triple.pt].map { text in
        try TestModel.classifier.classify(PlainText(text), workspace: workspace).primary ?? "none"
      }
      if Set(found).count > 1 {
        different.append("\(triple.id): \(found), is \(triple.primary ?? "none")")
      }
    }
    #expect(
      different.count * 20 <= triples.count,
      "\(different.count) of \(triples.count) differ: \(different.joined(separator: "; "))")
  }
}
