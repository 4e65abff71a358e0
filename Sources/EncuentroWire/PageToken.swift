import Foundation

/// Where the next page of a list begins, as text that only the server reads: base64url
/// of a version, a checksum and the position.
///
/// The checksum tells a token of another list and one that was cut or changed; it is no
/// secret, since a position gives nobody more than asking for all pages.
package struct PageToken: Hashable, Sendable {
  package enum List: String, Sendable, CaseIterable {
    case participants, decisions, runs
  }

  private static let version: UInt8 = 1
  /// Bytes before the position: the version and the checksum.
  private static let headBytes = 9
  /// The most characters of a token; positions are ids.
  private static let limit = 4096

  package var list: List
  /// The id of the last element of the page before.
  package var position: String

  package init(_ list: List, after position: String) {
    self.list = list
    self.position = position
  }

  package init(_ list: List, before id: Int64) { self.init(list, after: "\(id)") }

  /// Reads a token of a request.
  ///
  /// - Parameter text: not empty; that is the first page, and no token.
  /// - Throws: `WireError.invalid` of the field "page_token", when it is none, or one of
  ///   another list.
  package init(_ text: String, of list: List) throws(WireError) {
    let bytes = Self.bytes(base64URL: text)
    guard bytes.count >= Self.headBytes,
      let position = String(validating: bytes[Self.headBytes...], as: UTF8.self)
    else { throw Self.forged(list) }
    self.init(list, after: position)
    // Whatever else decodes to the same bytes is none that was given out.
    guard self.text == text else { throw Self.forged(list) }
  }

  package var text: String {
    let tail = Array(position.utf8)
    let sum = withUnsafeBytes(of: Self.checksum(list, tail).bigEndian) { Array($0) }
    return Data([Self.version] + sum + tail).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// What a page of a list after some element begins with; nil for the first page.
  package static func position(
    in page: PageRequest, of list: List
  ) throws(WireError) -> String? {
    page.token.isEmpty ? nil : try PageToken(page.token, of: list).position
  }

  /// The same of a list by number.
  package static func id(in page: PageRequest, of list: List) throws(WireError) -> Int64? {
    guard let position = try position(in: page, of: list) else { return nil }
    guard let id = Int64(position) else { throw forged(list) }
    return id
  }

  private static func forged(_ list: List) -> WireError {
    .invalid(
      field: "page_token",
      reason: "was not given for the list of \(list); send what its last page gave, or nothing")
  }

  private static func bytes(base64URL text: String) -> [UInt8] {
    guard text.utf8.count <= limit else { return [] }
    let standard = text.replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
    return Data(base64Encoded: standard + padding).map(Array.init) ?? []
  }

  /// FNV-1a over list, version and position.
  private static func checksum(_ list: List, _ position: [UInt8]) -> UInt64 {
    (Array(list.rawValue.utf8) + [0, version] + position).reduce(0xCBF2_9CE4_8422_2325) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
  }
}
