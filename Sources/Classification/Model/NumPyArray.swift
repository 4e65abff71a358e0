import Foundation

/// An array read from a `.npy` file (versions 1 and 2, C order), the format in
/// which the encoder's published weights come.
struct NumPyArray {
  /// One of "f4", "f8", "u1", "i1".
  let type: String
  let shape: [Int]
  let bytes: Data

  struct FormatError: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "\(path): not a NumPy array this program reads: \(reason)" }
  }

  init(contentsOf url: URL) throws {
    let data = try Data(contentsOf: url)
    func fail(_ reason: String) -> FormatError { FormatError(path: url.path, reason: reason) }
    guard data.count > 12, data.prefix(6).elementsEqual([0x93] + Array("NUMPY".utf8)) else {
      throw fail("it does not start with NumPy's magic bytes")
    }
    let isLong = data[6] >= 2
    let headerStart = isLong ? 12 : 10
    let headerLength =
      isLong
      ? (0..<4).reduce(0) { $0 | Int(data[8 + $1]) << (8 * $1) }
      : Int(data[8]) | Int(data[9]) << 8
    guard headerStart + headerLength <= data.count else { throw fail("its header is cut off") }
    let header = String(decoding: data[headerStart..<headerStart + headerLength], as: UTF8.self)
    guard header.contains("'fortran_order': False") else { throw fail("it is not in C order") }
    guard let type = header.firstMatch(of: /'descr': '[<|]([a-z][0-9])'/)?.1,
      let shape = header.firstMatch(of: /'shape': \(([0-9, ]*)\)/)?.1
    else { throw fail("its header says neither type nor shape") }
    self.type = String(type)
    self.shape = shape.split(separator: ",").compactMap {
      Int($0.trimmingCharacters(in: .whitespaces))
    }
    bytes = data.suffix(from: headerStart + headerLength)
    let width = Int(self.type.dropFirst()) ?? 0
    guard bytes.count == width * self.shape.reduce(1, *) else {
      throw fail("\(bytes.count) bytes do not fill the shape \(self.shape) of \(self.type)")
    }
  }

  /// All values as floats.
  var floats: [Float] {
    bytes.withUnsafeBytes { buffer in
      switch type {
      case "f4":
        (0..<buffer.count / 4).map { buffer.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
      case "f8":
        (0..<buffer.count / 8).map {
          Float(buffer.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self))
        }
      case "i1": buffer.map { Float(Int8(bitPattern: $0)) }
      default: buffer.map(Float.init)
      }
    }
  }
}
