import Foundation

/// What the tokeniser needs from a SentencePiece model file: its pieces with
/// their scores, and the table of character replacements.
///
/// The file is a protobuf message (`ModelProto`: pieces in field 1, the trainer
/// in 2, the normaliser in 3); only the needed fields are read, once, when the
/// model is built.
struct SentencePieceModel {
  struct Piece {
    enum Kind: UInt64 {
      case normal = 1
      case unknown, control, userDefined, unused, byte
    }
    var bytes: [UInt8] = []
    var score: Float = 0
    var kind = Kind.normal
  }

  private(set) var pieces: [Piece] = []
  /// A Darts-clone double array (length first, u32) and the replacement texts.
  private(set) var characterMap = Data()

  struct FormatError: Error, CustomStringConvertible {
    let description: String
  }

  init(_ data: Data) throws {
    for field in try Self.fields(of: data[...]) {
      switch field.number {
      case 1: pieces.append(try Self.piece(field.bytes))
      case 3:
        for inner in try Self.fields(of: field.bytes) where inner.number == 2 {
          characterMap = Data(inner.bytes)
        }
      default: break
      }
    }
    guard !pieces.isEmpty, characterMap.count > 4 else {
      throw FormatError(description: "the SentencePiece model has no pieces or no character map")
    }
  }

  private static func piece(_ message: Data) throws -> Piece {
    var piece = Piece()
    for field in try fields(of: message) {
      switch field.number {
      case 1: piece.bytes = Array(field.bytes)
      case 2:
        let bits = field.bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        piece.score = Float(bitPattern: bits)
      case 3: piece.kind = Piece.Kind(rawValue: field.value) ?? .normal
      default: break
      }
    }
    return piece
  }

  private struct Field {
    var number: UInt64
    var value: UInt64 = 0
    var bytes = Data()
  }

  private static func fields(of message: Data) throws -> [Field] {
    var fields: [Field] = []
    var at = message.startIndex
    let cutOff = FormatError(description: "the SentencePiece model is cut off")
    func varint() throws -> UInt64 {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while true {
        guard at < message.endIndex, shift < 64 else { throw cutOff }
        let byte = message[at]
        at += 1
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { return value }
        shift += 7
      }
    }
    func take(_ count: UInt64) throws -> Data {
      guard count <= UInt64(message.endIndex - at) else { throw cutOff }
      defer { at += Int(count) }
      return message[at..<at + Int(count)]
    }
    while at < message.endIndex {
      let tag = try varint()
      var field = Field(number: tag >> 3)
      switch tag & 7 {
      case 0: field.value = try varint()
      case 1: field.bytes = try take(8)
      case 2: field.bytes = try take(varint())
      case 5: field.bytes = try take(4)
      default: throw FormatError(description: "the SentencePiece model has an unknown wire type")
      }
      fields.append(field)
    }
    return fields
  }
}
