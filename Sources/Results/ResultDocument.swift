package import Foundation

/// The JSON form of results, for programs and for keeping: sorted keys, so that equal
/// results have equal bytes.
package enum ResultDocument {
  package static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }
}
