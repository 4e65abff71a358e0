private import CVectorKernels
public import Foundation

/// Why the encoder's model file cannot be used. Every case names the file and
/// ends with what to do about it.
public enum ModelError: Error, Equatable, Sendable {
  /// No file at any of the places looked at.
  case missing(searched: [String])
  /// The file is there and cannot be opened or mapped.
  case unreadable(path: String, reason: String)
  /// The file is not of this format, or is damaged.
  case corrupt(path: String, reason: String)
  /// Written by another version of the format.
  case version(path: String, found: UInt32, expected: UInt32)
}

extension ModelError: CustomStringConvertible {
  public var description: String {
    let remedy = "run 'make model' to build it again"
    return switch self {
    case .missing(let searched):
      "the encoder's model file is missing; looked for \(searched.joined(separator: ", ")); "
        + "run 'make model' to build it, or set ENCUENTRO_MODEL to where it is"
    case .unreadable(let path, let reason):
      "the model file \(path) cannot be read: \(reason); \(remedy)"
    case .corrupt(let path, let reason):
      "the model file \(path) is damaged: \(reason); \(remedy)"
    case .version(let path, let found, let expected):
      "the model file \(path) has format version \(found), this program reads \(expected); \(remedy)"
    }
  }
}

/// A read-only, memory-mapped container of named, checksummed sections.
///
/// Layout, little-endian: magic "ENCMODEL", version (u32), section count (u32),
/// file length (u64); then for each section its name (24 bytes, zero-padded),
/// offset, length and checksum (u64 each); then the checksum of all that came
/// before. Sections follow in the order of the table and start at multiples of
/// 4,096 bytes; what lies between them is zero, so that no byte goes unchecked.
public final class ModelFile: @unchecked Sendable {
  // Sendable: the mapping is never written to, every stored property is
  // constant, and the memory is unmapped only once nobody refers to it.

  static let magic = Array("ENCMODEL".utf8)
  static let version: UInt32 = 1
  static let nameLength = 24
  static let entryLength = nameLength + 24
  static let fixedLength = 24
  static let alignment = 4096

  /// Where the file lies.
  public let path: String
  private let base: UnsafeRawPointer
  private let length: Int
  private let sections: [String: Range<Int>]

  /// Maps the file and verifies every checksum.
  ///
  /// - Complexity: O(size of the file), a few milliseconds.
  public init(path: String) throws(ModelError) {
    // O_NONBLOCK: opening a FIFO must not wait for somebody to write to it.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { throw .missing(searched: [path]) }
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    let length = Int(status.st_size)
    guard length >= Self.fixedLength else {
      throw .corrupt(path: path, reason: "it has only \(length) bytes")
    }
    guard let mapped = mmap(nil, length, PROT_READ, MAP_PRIVATE, descriptor, 0),
      mapped != MAP_FAILED
    else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    do {
      sections = try Self.verified(
        UnsafeRawBufferPointer(start: mapped, count: length), path: path)
    } catch {
      munmap(mapped, length)
      throw error
    }
    self.path = path
    self.base = UnsafeRawPointer(mapped)
    self.length = length
  }

  deinit {
    munmap(UnsafeMutableRawPointer(mutating: base), length)
  }

  /// The bytes of a section; valid as long as this object is.
  func section(_ name: String) throws(ModelError) -> UnsafeRawBufferPointer {
    guard let range = sections[name] else {
      throw .corrupt(path: path, reason: "it has no section '\(name)'")
    }
    return UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
  }

  /// A section as `count` values of one trivial type.
  func values<Value: BitwiseCopyable>(
    _ name: String, of: Value.Type, count: Int
  ) throws(ModelError) -> UnsafePointer<Value> {
    let bytes = try section(name)
    guard bytes.count == count * MemoryLayout<Value>.stride, let start = bytes.baseAddress else {
      throw .corrupt(
        path: path, reason: "section '\(name)' has \(bytes.count) bytes, not \(count) values")
    }
    return start.assumingMemoryBound(to: Value.self)
  }

  private static func verified(
    _ bytes: UnsafeRawBufferPointer, path: String
  ) throws(ModelError) -> [String: Range<Int>] {
    guard bytes.prefix(magic.count).elementsEqual(magic) else {
      throw .corrupt(path: path, reason: "it does not start with the format's name")
    }
    let found = bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
    guard found == version else {
      throw .version(path: path, found: found, expected: version)
    }
    let count = Int(bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
    let announced = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
    guard announced == UInt64(bytes.count) else {
      throw .corrupt(
        path: path, reason: "it has \(bytes.count) bytes where \(announced) were written")
    }
    let headerLength = fixedLength + count * entryLength
    guard count < 1000, headerLength + 8 <= bytes.count, let start = bytes.baseAddress else {
      throw .corrupt(path: path, reason: "its table of sections is cut off")
    }
    guard
      bytes.loadUnaligned(fromByteOffset: headerLength, as: UInt64.self)
        == vk_checksum(start, headerLength)
    else {
      throw .corrupt(path: path, reason: "the checksum of its table of sections is wrong")
    }
    var sections: [String: Range<Int>] = [:]
    var end = headerLength + 8
    func checkPadding(upTo next: Int) throws(ModelError) {
      guard next >= end, bytes[end..<next].allSatisfy({ $0 == 0 }) else {
        throw .corrupt(path: path, reason: "there are bytes outside of its sections at \(end)")
      }
    }
    for index in 0..<count {
      let at = fixedLength + index * entryLength
      let name = String(
        decoding: bytes[at..<at + nameLength].prefix { $0 != 0 }, as: UTF8.self)
      let offset = bytes.loadUnaligned(fromByteOffset: at + nameLength, as: UInt64.self)
      let length = bytes.loadUnaligned(fromByteOffset: at + nameLength + 8, as: UInt64.self)
      let checksum = bytes.loadUnaligned(fromByteOffset: at + nameLength + 16, as: UInt64.self)
      guard offset <= announced, length <= announced - offset else {
        throw .corrupt(path: path, reason: "section '\(name)' lies outside of it")
      }
      try checkPadding(upTo: Int(offset))
      end = Int(offset + length)
      guard vk_checksum(start + Int(offset), Int(length)) == checksum else {
        throw .corrupt(path: path, reason: "the checksum of section '\(name)' is wrong")
      }
      sections[name] = Int(offset)..<end
    }
    try checkPadding(upTo: bytes.count)
    return sections
  }

  /// Writes sections to a new file, replacing an older one in one step.
  static func write(_ sections: [(name: String, bytes: Data)], to path: String) throws {
    func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }
    var header = Data(magic)
    func append<Value: FixedWidthInteger>(_ value: Value) {
      withUnsafeBytes(of: value.littleEndian) { header.append(contentsOf: $0) }
    }
    let headerLength = fixedLength + sections.count * entryLength
    var offsets: [Int] = []
    var end = padded(headerLength + 8)
    for section in sections {
      offsets.append(end)
      end = padded(end + section.bytes.count)
    }
    append(version)
    append(UInt32(sections.count))
    append(UInt64(end))
    for (section, offset) in zip(sections, offsets) {
      let name = Array(section.name.utf8)
      precondition(name.count <= nameLength, "section name \(section.name) is too long")
      header.append(contentsOf: name + Array(repeating: 0, count: nameLength - name.count))
      append(UInt64(offset))
      append(UInt64(section.bytes.count))
      append(checksum(of: section.bytes))
    }
    append(checksum(of: header))

    let partial = path + ".partial"
    guard FileManager.default.createFile(atPath: partial, contents: nil),
      let handle = FileHandle(forWritingAtPath: partial)
    else {
      throw CocoaError(.fileWriteNoPermission, userInfo: [NSFilePathErrorKey: partial])
    }
    try handle.write(contentsOf: header)
    for (section, offset) in zip(sections, offsets) {
      try handle.seek(toOffset: UInt64(offset))
      try handle.write(contentsOf: section.bytes)
    }
    try handle.truncate(atOffset: UInt64(end))
    try handle.synchronize()
    try handle.close()
    guard rename(partial, path) == 0 else {
      throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
    }
  }
}

/// The checksum that model files and training reports carry (64 bits, not
/// cryptographic).
///
/// - Complexity: O(n), about 16 bytes a nanosecond.
public func checksum(of bytes: Data) -> UInt64 {
  var empty: UInt8 = 0
  return bytes.withUnsafeBytes { buffer in
    guard let start = buffer.baseAddress else { return vk_checksum(&empty, 0) }
    return vk_checksum(start, buffer.count)
  }
}
