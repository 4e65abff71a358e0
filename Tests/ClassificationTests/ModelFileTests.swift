import Foundation
import TestSupport
import Testing

@testable import Classification

@Suite("ModelFile")
struct ModelFileTests {
  private let folder: TemporaryFolder
  private let path: String
  private let sections: [(name: String, bytes: Data)]

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("small.bin").path
    var generator = TestGenerator(seed: 3)
    sections = [
      ("first", Data(generator.bytes(5000))), ("empty", Data()),
      ("last", Data(generator.bytes(64))),
    ]
    try ModelFile.write(sections, to: path)
  }

  private func bytes() throws -> Data { try Data(contentsOf: URL(filePath: path)) }

  /// Opens bytes as a model file; the error names the file and the remedy.
  @discardableResult
  private func expectRefused(_ data: Data, _ comment: Comment) throws -> ModelError? {
    try data.write(to: URL(filePath: path))
    let error = #expect(throws: ModelError.self, comment) { try ModelFile(path: path) }
    let text = error?.description ?? ""
    #expect(text.contains(path) && text.contains("make model"), "\(text)")
    return error
  }

  @Test("gives back what was written")
  func roundTrip() throws {
    let file = try ModelFile(path: path)
    for section in sections { #expect(try Data(file.section(section.name)) == section.bytes) }
    #expect(
      try file.values("last", of: Float.self, count: 16).pointee.bitPattern
        == file.section("last").load(as: UInt32.self))
    #expect(try file.section("first").baseAddress.map { Int(bitPattern: $0) % 64 } == 0)
    #expect(!FileManager.default.fileExists(atPath: path + ".partial"))
  }

  @Test("the same sections give the same bytes")
  func deterministic() throws {
    let other = folder.file("other.bin").path
    try ModelFile.write(sections, to: other)
    #expect(try bytes() == Data(contentsOf: URL(filePath: other)))
  }

  @Test("a section that is not there, or of another size")
  func sectionErrors() throws {
    let file = try ModelFile(path: path)
    #expect(throws: ModelError.self) { try file.section("absent") }
    #expect(throws: ModelError.self) { try file.values("last", of: Float.self, count: 15) }
    #expect(throws: ModelError.self) { try Encoder(path: path) }
  }

  @Test("missing, a folder, empty")
  func noFile() throws {
    let absent = folder.file("absent.bin").path
    let error = #expect(throws: ModelError.missing(searched: [absent])) {
      try ModelFile(path: absent)
    }
    #expect(error?.description.contains(absent) == true)
    #expect(error?.description.contains("make model") == true)
    let isFolder = #expect(throws: ModelError.self) { try ModelFile(path: folder.url.path) }
    #expect(isFolder?.description.contains("make model") == true)
    try expectRefused(Data(), "empty")
  }

  @Test("cut off anywhere", arguments: TestGenerator.seeds(1))
  func truncated(seed: UInt64) throws {
    var generator = TestGenerator(seed: seed)
    let whole = try bytes()
    let lengths = [1, 7, 8, 16, 23, 24, 25, whole.count - 1]
    for length in lengths + (0..<20).map({ _ in generator.int(0...whole.count - 1) }) {
      try expectRefused(whole.prefix(length), "cut to \(length) bytes, seed \(seed)")
    }
    try expectRefused(whole + [0], "a byte too many")
  }

  @Test("any wrong byte of the table and of the sections", arguments: TestGenerator.seeds(2))
  func flipped(seed: UInt64) throws {
    var generator = TestGenerator(seed: seed)
    let whole = try bytes()
    let header = ModelFile.fixedLength + 3 * ModelFile.entryLength + 8
    let used = Array(0..<header) + Array(4096..<9096) + Array(12288..<12352)
    #expect(whole.count == 16384)
    for _ in 0..<30 {
      for at in [generator.int(0...header - 1), generator.pick(used)] {
        var wrong = whole
        wrong[at] ^= UInt8(generator.int(1...255))
        try expectRefused(wrong, "byte \(at), seed \(seed)")
      }
    }
  }

  @Test(
    "wrong bytes between the sections change nothing that is read",
    arguments: TestGenerator.seeds(1))
  func flippedPadding(seed: UInt64) throws {
    var generator = TestGenerator(seed: seed)
    for _ in 0..<10 {
      var wrong = try bytes()
      wrong[generator.pick([4000, 9096, 12_000, 16_383])] ^= 1
      try wrong.write(to: URL(filePath: path))
      guard let file = try? ModelFile(path: path) else { continue }
      for section in sections { #expect(try Data(file.section(section.name)) == section.bytes) }
    }
  }

  @Test("another version and another format")
  func versionAndMagic() throws {
    var later = try bytes()
    later[8] = 2
    #expect(
      try expectRefused(later, "version")
        == .version(path: path, found: 2, expected: ModelFile.version))
    var other = later
    other.replaceSubrange(0..<8, with: Data("GGUFGGUF".utf8))
    guard case .corrupt = try expectRefused(other, "magic") else {
      Issue.record("another format is .corrupt")
      return
    }
  }
}
