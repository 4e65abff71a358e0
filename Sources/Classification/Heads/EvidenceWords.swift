/// Joins the tokens of a passage to words.
///
/// A word goes from one space, dash or punctuation mark to the next; a mark is a
/// word of its own. Scripts that write without spaces have no such places: there
/// each token is a word, as the vocabulary's pieces are the best guess at hand.
enum EvidenceWords {
  /// - Parameter offset: where in `bytes` the tokenised passage starts.
  static func join(
    _ tokens: [Token], contributions: [Double], in bytes: [UInt8], offset: Int
  ) -> [WordEvidence] {
    var words: [WordEvidence] = []
    // A space's token, and all but the last of a character's that became
    // several, cover nothing that shows: they count for what follows.
    var pending = 0.0
    for (token, contribution) in zip(tokens, contributions) {
      let covered = offset + Int(token.start)..<offset + Int(token.end)
      let range = trimmed(covered, in: bytes)
      if range.isEmpty {
        pending += contribution
      } else if let last = words.indices.last, words[last].end == range.lowerBound,
        continues(at: range.lowerBound, in: bytes)
      {
        words[last].end = range.upperBound
        words[last].contribution += contribution + pending
        pending = 0
      } else {
        words.append(
          WordEvidence(
            start: range.lowerBound, end: range.upperBound, contribution: contribution + pending))
        pending = 0
      }
    }
    if pending != 0 {
      if words.isEmpty { words.append(WordEvidence(start: offset, end: offset, contribution: 0)) }
      words[words.count - 1].contribution += pending
    }
    return words
  }

  /// The range without spaces at its ends, and without dashes unless it holds
  /// nothing else.
  private static func trimmed(_ range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
    let inner = trimmed(range, in: bytes, where: isSpace)
    let core = trimmed(inner, in: bytes) { isSpace($0) || isDash($0) }
    return core.isEmpty ? inner : core
  }

  private static func trimmed(
    _ range: Range<Int>, in bytes: [UInt8], where isTrimmed: (Unicode.Scalar) -> Bool
  ) -> Range<Int> {
    let scalars = String(decoding: bytes[range], as: UTF8.self).unicodeScalars
    guard let first = scalars.firstIndex(where: { !isTrimmed($0) }),
      let last = scalars.lastIndex(where: { !isTrimmed($0) })
    else { return range.upperBound..<range.upperBound }
    let before = scalars[..<first].reduce(0) { $0 + UTF8.width($1) }
    let after = scalars[last...].dropFirst().reduce(0) { $0 + UTF8.width($1) }
    return range.lowerBound + before..<range.upperBound - after
  }

  /// Whether what starts at a position belongs to the word that ends there.
  private static func continues(at position: Int, in bytes: [UInt8]) -> Bool {
    var start = position - 1
    while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    let around = String(decoding: bytes[start..<min(position + 4, bytes.count)], as: UTF8.self)
    let scalars = around.unicodeScalars
    guard let before = scalars.first, let after = scalars.dropFirst().first else { return false }
    return isPartOfCharacter(after) || before == zeroWidthJoiner
      || (isWritten(before) && isWritten(after) && !isUnspaced(before) && !isUnspaced(after))
  }

  private static let zeroWidthJoiner: Unicode.Scalar = "\u{200D}"

  /// White space of any kind, the zero-width one and the byte order mark with it.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || scalar == "\u{200B}" || scalar == "\u{FEFF}"
  }

  static func isDash(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .dashPunctuation || scalar == "\u{2212}"
  }

  /// Marks and modifiers, without which what stands before them is cut in half.
  private static func isPartOfCharacter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isGraphemeExtend || scalar.properties.isEmojiModifier
      || scalar == zeroWidthJoiner || scalar.properties.generalCategory == .spacingMark
  }

  /// Letters, digits, and the marks on them.
  private static func isWritten(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber, .nonspacingMark, .spacingMark, .enclosingMark,
      .format:
      true
    default: false
    }
  }

  /// Whether a script sets no spaces between words: Thai, Lao, Tibetan, Myanmar,
  /// Khmer, and what Chinese and Japanese are written in. Korean sets them.
  private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0E00...0x0FFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x31F0...0x31FF,
      0xFF66...0xFF9F:
      true
    default: scalar.properties.isIdeographic
    }
  }
}
