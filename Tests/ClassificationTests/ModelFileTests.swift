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

  /// The bytes of the small file, by what they are for.
  static let regions: [(name: String, bytes: Range<Int>)] = {
    let table = ModelFile.fixedLength + 3 * ModelFile.entryLength
    return [
      ("magic", 0..<8), ("version", 8..<12), ("count and length", 12..<24), ("table", 24..<table),
      ("checksum of the table", table..<table + 8), ("padding before", table + 8..<4096),
      ("first section", 4096..<9096), ("padding between", 9096..<12_288),
      ("last section", 12_288..<12_352), ("padding behind", 12_352..<16_384),
    ]
  }()

  @Test(
    "a wrong byte anywhere", arguments: regions.map(\.name), TestGenerator.seeds(1))
  func flipped(name: String, seed: UInt64) throws {
    let region = try #require(Self.regions.first { $0.name == name }).bytes
    var generator = TestGenerator(seed: seed)
    let whole = try bytes()
    #expect(whole.count == Self.regions.last?.bytes.upperBound)
    let random = (0..<20).map { _ in generator.int(region.lowerBound...region.upperBound - 1) }
    for at in [region.lowerBound, region.upperBound - 1] + random {
      var wrong = whole
      wrong[at] ^= UInt8(generator.int(1...255))
      let error = try expectRefused(wrong, "byte \(at), seed \(seed)")
      switch error {
      case .corrupt: #expect(name != "version")
      case .version: #expect(name == "version")
      default: Issue.record("byte \(at), seed \(seed): \(String(describing: error))")
      }
    }
  }

  @Test("sections that lie on each other, with right checksums")
  func overlapping() throws {
    var wrong = try bytes()
    let table = ModelFile.fixedLength + 3 * ModelFile.entryLength
    // The entry of "last" becomes one of the first 64 bytes of "first".
    let entry = ModelFile.fixedLength + 2 * ModelFile.entryLength + ModelFile.nameLength
    func put(_ value: UInt64, at offset: Int) {
      withUnsafeBytes(of: value.littleEndian) {
        wrong.replaceSubrange(offset..<offset + 8, with: $0)
      }
    }
    put(4096, at: entry)
    put(checksum(of: wrong[4096..<4160]), at: entry + 16)
    put(checksum(of: wrong[..<table]), at: table)
    guard case .corrupt = try expectRefused(wrong, "overlap") else {
      Issue.record("sections that overlap are .corrupt")
      return
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
