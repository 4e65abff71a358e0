import Foundation

/// Data for the page's script, as JSON in an element that is not run.
enum ScriptData {
  static func node(_ anchor: Anchor, _ value: some Encodable) -> Node {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Values of ours always have a JSON form.
    let json = (try? encoder.encode(value)) ?? Data("null".utf8)
    return tag("script", Attribute("type", "application/json"), .id(anchor.id)) {
      String(decoding: escaped(json), as: UTF8.self)
    }
  }

  /// JSON without any character that means something to a parser of HTML or XML: within
  /// its strings, the only place where they can stand, it has escapes of its own.
  private static func escaped(_ json: Data) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(json.count + json.count / 16)
    for byte in json {
      switch byte {
      case UInt8(ascii: "<"): bytes += Array(#"\u003c"#.utf8)
      case UInt8(ascii: ">"): bytes += Array(#"\u003e"#.utf8)
      case UInt8(ascii: "&"): bytes += Array(#"\u0026"#.utf8)
      case 0x7F: bytes += Array(#"\u007f"#.utf8)
      default: bytes.append(byte)
      }
    }
    return bytes
  }
}
