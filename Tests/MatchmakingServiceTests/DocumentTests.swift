import Classification
import Foundation
import TestSupport
import Testing

@testable import MatchmakingService

@Suite("Documents")
struct DocumentTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func error(_ path: String, limit: Int = 100) -> DocumentError? {
    #expect(throws: DocumentError.self) { try Document(path: path, limit: limit) }
  }

  @Test("a text up to the limit is read, a byte more refused")
  func limit() throws {
    let path = try folder.write(Data(repeating: 0x61, count: 100), to: "a.txt").path
    #expect(try Document(path: path, limit: 100).text.utf8.count == 100)
    #expect(error(path, limit: 99) == .tooLarge(limit: 99))
  }

  @Test("a file far over the limit is not read whole")
  func sparse() throws {
    let path = try folder.write(Data(), to: "large.txt").path
    #expect(truncate(path, 1 << 36) == 0)
    #expect(error(path) == .tooLarge(limit: 100))
  }

  @Test("what is no regular file is not waited for")
  func special() throws {
    let fifo = folder.file("fifo.txt").path
    #expect(mkfifo(fifo, 0o600) == 0)
    for path in [fifo, "/dev/zero", "/dev/null", folder.url.path] {
      guard case .unreadable(let reason) = error(path) else {
        Issue.record("\(path) is not unreadable")
        continue
      }
      #expect(reason.contains("not a regular file"))
    }
  }

  @Test("an endless stream stops at the limit")
  func stream() throws {
    let zero = open("/dev/zero", O_RDONLY)
    defer { close(zero) }
    #expect(throws: DocumentError.tooLarge(limit: 1 << 20)) {
      try Document(descriptor: zero, limit: 1 << 20)
    }
  }

  @Test("absent files, links to nothing and to themselves")
  func links() throws {
    for (name, target) in [("dangling", "absent"), ("self", "self")] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.file(name).path, withDestinationPath: folder.file(target).path)
    }
    #expect(error(folder.file("absent").path) == .notFound)
    #expect(error(folder.file("dangling").path) == .notFound)
    #expect(
      error(folder.file("self").path)?.description.contains("symbolic links") == true)
  }

  @Test("the name's encoding is blamed when it is to blame")
  func nameOfOtherEncoding() {
    #expect(
      error(folder.url.path + "/\u{FFFD}.txt")?.description.contains("name is not UTF-8") == true)
  }

  @Test("finds documents in order, past links in circles and folders named like files")
  func find() throws {
    let files = FileManager.default
    for name in ["b/c", "b/notes.md", "empty"] {
      try files.createDirectory(at: folder.file(name), withIntermediateDirectories: true)
    }
    for name in ["z.TXT", "a.pdf", "b/a.markdown", "b/c/x.text", "b/notes.md/in.md", "a.doc"] {
      try folder.write(Data("a".utf8), to: name)
    }
    for (name, target) in [
      ("b/up", ".."), ("b/up.txt", ".."), ("link.txt", "z.TXT"), ("gone.md", "x"),
    ] {
      try files.createSymbolicLink(
        atPath: folder.file(name).path, withDestinationPath: target)
    }
    let root = folder.url.path
    #expect(
      DocumentFinder.find([root, "absent.txt"])
        == [
          "a.pdf", "b/a.markdown", "b/c/x.text", "b/notes.md/in.md", "gone.md", "link.txt", "z.TXT",
        ].map { "\(root)/\($0)" } + ["absent.txt"])
    #expect(DocumentFinder.find([folder.file("empty").path]).isEmpty)
  }

  @Test(
    "a folder that may not be read is reported like a document", .enabled(if: geteuid() != 0))
  func lockedFolder() throws {
    let locked = folder.file("locked").path
    try FileManager.default.createDirectory(
      atPath: locked, withIntermediateDirectories: true, attributes: [.posixPermissions: 0])
    #expect(DocumentFinder.find([folder.url.path]) == [locked])
    #expect(error(locked) == .unreadable(reason: "Permission denied"))
  }
}
