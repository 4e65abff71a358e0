import Foundation
import Programme
import TestSupport
import Testing

@Suite("BoundedBytes")
struct BoundedBytesTests {
  @Test(
    "gives a whole file up to the limit", arguments: [0, 1, 262_143, 262_144, 262_145, 600_000])
  func files(count: Int) throws {
    let folder = try TemporaryFolder()
    var generator = TestGenerator(seed: 4)
    let data = Data(generator.bytes(count))
    let path = try folder.write(data, to: "some.bin").path
    #expect(try BoundedBytes.read(path: path, limit: count) == data)
    if count > 0 {
      #expect(throws: BoundedBytes.Failure.tooMany(limit: count - 1)) {
        try BoundedBytes.read(path: path, limit: count - 1)
      }
    }
  }

  @Test("stops reading what never ends")
  func endless() {
    let error = #expect(throws: BoundedBytes.Failure.self) {
      try BoundedBytes.read(path: "/dev/zero", limit: 1 << 20)
    }
    #expect(error?.description.contains("the limit is 1048576") == true)
  }

  @Test("says why there is nothing to read")
  func failures() throws {
    let folder = try TemporaryFolder()
    #expect(throws: BoundedBytes.Failure.notFound) {
      try BoundedBytes.read(path: folder.file("absent").path, limit: 10)
    }
    let error = #expect(throws: BoundedBytes.Failure.self) {
      try BoundedBytes.read(path: folder.url.path, limit: 10)
    }
    #expect(error?.description == "cannot be read: Is a directory")
  }
}
