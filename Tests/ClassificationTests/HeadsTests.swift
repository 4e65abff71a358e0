import Foundation
import TestSupport
import Testing

@testable import Classification

@Suite("Heads")
struct HeadsTests {
  private let folder: TemporaryFolder
  private let heads: Heads

  init() throws {
    folder = try TemporaryFolder()
    var generator = TestGenerator(seed: 1)
    heads = TestCorpus.randomHeads(&generator, labels: ["A", "B"])
  }

  @Test("what is written is read, and written again with the same bytes")
  func roundTrip() throws {
    try heads.write(to: folder.file("a.json"))
    let read = try Heads(contentsOf: folder.file("a.json"))
    #expect(read == heads)
    try read.write(to: folder.file("b.json"))
    #expect(try Data(contentsOf: folder.file("a.json")) == Data(contentsOf: folder.file("b.json")))
  }

  @Test("the shipped heads are those of the programme and of this encoder")
  func shipped() throws {
    let shipped = try Heads.shipped()
    #expect(shipped.labels == TestCorpus.networks)
    #expect(shipped.encoder == Encoder.name)
    #expect((0...1).contains(shipped.topicThreshold))
    #expect(shipped.thresholds.allSatisfy { (0...1).contains($0) })
    // They are written by this program, byte for byte.
    try shipped.write(to: folder.file("again.json"))
    #expect(try Data(contentsOf: folder.file("again.json")) == Data(contentsOf: Heads.shippedURL))
  }

  @Test("the shipped heads were trained on the committed corpus")
  func corpus() throws {
    #expect(try Heads.shipped().corpus == TestCorpus.whole.get().summary)
  }

  @Test("a missing file is named, with the remedy")
  func missing() throws {
    let url = folder.file("absent.json")
    #expect(throws: Heads.HeadsError.missing(path: url.path)) { try Heads(contentsOf: url) }
    let text = Heads.HeadsError.missing(path: url.path).description
    #expect(text.contains(url.path) && text.contains("encuentro train"))
  }

  @Test("a folder and an endless file are malformed", arguments: ["/", "/dev/zero"])
  func noFile(path: String) {
    let error = #expect(throws: Heads.HeadsError.self) {
      try Heads(contentsOf: URL(filePath: path))
    }
    #expect(error?.description.contains(path) == true)
  }

  @Test("what is no JSON is malformed", arguments: ["", "{", "[]", "null", "{}", "\u{0}"])
  func noJSON(text: String) throws {
    try expectMalformed(Data(text.utf8))
  }

  struct Change: CustomTestStringConvertible, Sendable {
    let name: String
    let apply: @Sendable (inout [String: Any]) -> Void
    var testDescription: String { name }
  }

  static let changes: [Change] = [
    Change(name: "a later format") { $0["format"] = Heads.currentFormat + 1 },
    Change(name: "no format") { $0["format"] = nil },
    Change(name: "no metrics") { $0["metrics"] = nil },
    Change(name: "no weights") { $0["tokenWeights"] = nil },
    Change(name: "weights that are no base64") { $0["tokenWeights"] = "?!" },
    Change(name: "weights cut off") {
      $0["tokenWeights"] = Data(repeating: 0, count: 4 * 3 * Encoder.featureCount - 4)
        .base64EncodedString()
    },
    Change(name: "a byte too many") {
      $0["tokenWeights"] = Data(repeating: 0, count: 4 * 3 * Encoder.featureCount + 1)
        .base64EncodedString()
    },
    Change(name: "weights that are not finite") {
      $0["embeddingWeights"] = Data(repeating: 0xFF, count: 4 * 3 * Encoder.embeddingLength)
        .base64EncodedString()
    },
    Change(name: "a bias too few") { $0["bias"] = [0.5] },
    Change(name: "a threshold too many") { $0["thresholds"] = [0.5, 0.5, 0.5] },
    Change(name: "a label too many") { $0["labels"] = ["A", "B", "C"] },
    Change(name: "no labels") { $0["labels"] = [String]() },
    Change(name: "a label twice") { $0["labels"] = ["A", "A"] },
    Change(name: "labels that are numbers") { $0["labels"] = [1, 2] },
    Change(name: "sharpness 0") { $0["sharpness"] = [0.5, 0.5, 0] },
    Change(name: "negative sharpness") { $0["sharpness"] = [0.5, -1, 0.5] },
    Change(name: "bound 0") { $0["bounds"] = [1, 0, 1] },
    Change(name: "a bound too few") { $0["bounds"] = [1, 1] },
    Change(name: "a negative window") { $0["window"] = -1 },
    Change(name: "a window that overflows") { $0["window"] = Int.max },
    Change(name: "weights of another encoder") { $0["encoder"] = "another" },
  ]

  @Test("a file that does not fit is malformed", arguments: changes)
  func inconsistent(_ change: Change) throws {
    try heads.write(to: folder.file("heads.json"))
    var object = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: folder.file("heads.json")))
        as? [String: Any])
    change.apply(&object)
    try expectMalformed(JSONSerialization.data(withJSONObject: object))
  }

  @Test("thresholds are probabilities", arguments: [-0.01, 1.01, 1e308])
  func thresholds(value: Double) throws {
    try heads.write(to: folder.file("heads.json"))
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: folder.file("heads.json")))
        as? [String: Any])
    for (key, wrong) in [("thresholds", [0.5, value] as Any), ("topicThreshold", value)] {
      let changed = object.merging([key: wrong]) { $1 }
      let reason = try expectMalformed(JSONSerialization.data(withJSONObject: changed))
      #expect(reason?.contains("between 0 and 1") == true, "\(key): \(reason ?? "")")
    }
  }

  @discardableResult
  private func expectMalformed(_ data: Data) throws -> String? {
    let url = try folder.write(data, to: "wrong.json")
    let error = #expect(throws: Heads.HeadsError.self) { try Heads(contentsOf: url) }
    guard case .malformed(let path, let reason) = error else {
      Issue.record("not .malformed: \(String(describing: error))")
      return nil
    }
    #expect(path == url.path && !reason.isEmpty)
    #expect(error?.description.contains("encuentro train") == true)
    return reason
  }
}
