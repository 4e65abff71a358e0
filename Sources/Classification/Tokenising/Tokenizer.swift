/// A piece of text as the encoder sees it.
public struct Token: Equatable, Sendable, BitwiseCopyable {
  /// The piece's row in the vocabulary.
  public var id: Int32
  /// Byte range in the UTF-8 of the text that was tokenised.
  public var start: UInt32
  public var end: UInt32
}

/// Cuts text into the pieces of the encoder's SentencePiece vocabulary.
///
/// Gives the same ids as the SentencePiece library (normalisation by its
/// `nmt_nfkc` table, then the Viterbi path of the unigram model; T. Kudo,
/// "Subword Regularization", ACL 2018), but reads a trie that lies ready in the
/// mapped model file: the library needs 0.3 s to build its own at every start.
public struct Tokenizer: Sendable {
  /// Ids with a meaning of their own.
  public static let unknown: Int32 = 0
  public static let beginning: Int32 = 1
  public static let end: Int32 = 2

  private let file: ModelFile
  // Sendable: both point into the read-only mapping that `file` keeps alive.
  nonisolated(unsafe) private let trie: UnsafePointer<TrieUnit>
  nonisolated(unsafe) private let map: UnsafePointer<UInt32>
  nonisolated(unsafe) private let replacements: UnsafePointer<UInt8>
  private let trieCount: Int
  private let mapCount: Int
  private let replacementCount: Int
  private let unknownScore: Float

  init(file: ModelFile) throws(ModelError) {
    self.file = file
    trieCount = try file.section("vocabulary.trie").count / MemoryLayout<TrieUnit>.stride
    trie = try file.values("vocabulary.trie", of: TrieUnit.self, count: trieCount)
    unknownScore = try file.values("vocabulary.unknown", of: Float.self, count: 1).pointee
    let characters = try file.section("vocabulary.characters")
    guard characters.count >= 8, let start = characters.baseAddress else {
      throw .corrupt(path: file.path, reason: "its character map is empty")
    }
    let bytes = Int(characters.load(as: UInt32.self))
    guard bytes % 4 == 0, bytes > 0, 4 + bytes < characters.count,
      characters[characters.count - 1] == 0
    else { throw .corrupt(path: file.path, reason: "its character map is malformed") }
    map = (start + 4).assumingMemoryBound(to: UInt32.self)
    mapCount = bytes / 4
    replacements = (start + 4 + bytes).assumingMemoryBound(to: UInt8.self)
    replacementCount = characters.count - 4 - bytes
  }

  /// Buffers that calls on one thread reuse, so that steady work allocates nothing.
  public struct Scratch {
    /// The text after normalisation, with U+2581 for spaces, and one byte 0.
    fileprivate(set) var normalized: [UInt8] = []
    /// For each byte of `normalized`, where its source starts; one more at the end.
    fileprivate(set) var origin: [UInt32] = []
    fileprivate var best: [Float] = []
    fileprivate var start: [Int32] = []
    fileprivate var piece: [Int32] = []
    /// The tokens of the last text.
    public fileprivate(set) var tokens: [Token] = []

    public init() {}
  }

  /// Tokenises valid UTF-8; the result is in `scratch.tokens`, without the
  /// marks for beginning and end. Runs of unknown characters are one token.
  ///
  /// - Complexity: O(n) for n bytes (a piece has at most 48).
  public func tokenize(_ text: UnsafeBufferPointer<UInt8>, scratch: inout Scratch) {
    normalize(text, scratch: &scratch)
    scratch.tokens.removeAll(keepingCapacity: true)
    let count = scratch.normalized.count - 1
    guard count > 0 else { return }
    viterbi(count: count, scratch: &scratch)
  }

  /// Tokenises a string; a convenience for tests and tools.
  public func tokens(of text: String) -> [Token] {
    var scratch = Scratch()
    var text = text
    text.withUTF8 { tokenize($0, scratch: &scratch) }
    return scratch.tokens
  }

  // MARK: - Normalisation

  private static let space: UInt8 = 0x20
  private static let spaceMark: (UInt8, UInt8, UInt8) = (0xE2, 0x96, 0x81)

  private func normalize(_ text: UnsafeBufferPointer<UInt8>, scratch: inout Scratch) {
    scratch.normalized.removeAll(keepingCapacity: true)
    scratch.origin.removeAll(keepingCapacity: true)
    func append(_ byte: UInt8, from position: Int) {
      scratch.normalized.append(byte)
      scratch.origin.append(UInt32(truncatingIfNeeded: position))
    }
    func appendSpace(from position: Int) {
      append(Self.spaceMark.0, from: position)
      append(Self.spaceMark.1, from: position)
      append(Self.spaceMark.2, from: position)
    }
    var at = 0
    var afterSpace = true
    var isEmpty = true
    while at < text.count {
      let (replacement, consumed) = replacement(in: text, at: at)
      var from = 0
      if afterSpace {
        while from < replacement.count, replacement[from] == Self.space { from += 1 }
      }
      if from < replacement.count {
        if isEmpty {
          // Every text starts as if a space stood before it.
          appendSpace(from: at)
          isEmpty = false
        }
        for index in from..<replacement.count {
          let byte = replacement[index]
          if byte == Self.space {
            appendSpace(from: at)
          } else {
            append(byte, from: at)
          }
        }
        afterSpace = replacement[replacement.count - 1] == Self.space
      }
      at += consumed
    }
    var end = text.count
    while scratch.normalized.count >= 3,
      scratch.normalized[scratch.normalized.count - 1] == Self.spaceMark.2,
      scratch.normalized[scratch.normalized.count - 2] == Self.spaceMark.1,
      scratch.normalized[scratch.normalized.count - 3] == Self.spaceMark.0
    {
      end = Int(scratch.origin[scratch.origin.count - 3])
      scratch.normalized.removeLast(3)
      scratch.origin.removeLast(3)
    }
    append(0, from: end)
  }

  /// The longest replacement that applies at a position, or the character there.
  private func replacement(
    in text: UnsafeBufferPointer<UInt8>, at position: Int
  ) -> (UnsafeBufferPointer<UInt8>, consumed: Int) {
    var consumed = 0
    var value = 0
    // A Darts-clone unit: bit 8 says that a key ends here, bits 10–30 (or
    // those shifted by 8) lead on, the low byte and bit 31 are the label.
    var unit = map[0]
    var node = Int(unit >> 10) << Int((unit & 0x200) >> 6)
    var at = position
    while at < text.count {
      let byte = UInt32(text[at])
      node ^= Int(byte)
      guard node < mapCount else { break }
      unit = map[node]
      guard unit & 0x8000_00FF == byte else { break }
      node ^= Int(unit >> 10) << Int((unit & 0x200) >> 6)
      at += 1
      if unit & 0x100 != 0, node < mapCount {
        consumed = at - position
        value = Int(map[node] & 0x7FFF_FFFF)
      }
    }
    if consumed > 0, value < replacementCount {
      var length = 0
      while replacements[value + length] != 0 { length += 1 }
      return (UnsafeBufferPointer(start: replacements + value, count: length), consumed)
    }
    let length = min(Self.characterLength(text[position]), text.count - position)
    return (UnsafeBufferPointer(rebasing: text[position..<position + length]), length)
  }

  private static func characterLength(_ lead: UInt8) -> Int {
    lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
  }

  // MARK: - Segmentation

  private func viterbi(count: Int, scratch: inout Scratch) {
    if scratch.best.count <= count {
      let room = (count + 1) * 3 / 2
      scratch.best = Array(repeating: 0, count: room)
      scratch.start = Array(repeating: 0, count: room)
      scratch.piece = Array(repeating: 0, count: room)
    }
    scratch.normalized.withUnsafeBufferPointer { bytes in
      scratch.best.withUnsafeMutableBufferPointer { best in
        scratch.start.withUnsafeMutableBufferPointer { start in
          scratch.piece.withUnsafeMutableBufferPointer { piece in
            fillLattice(bytes, count: count, best: best, start: start, piece: piece)
          }
        }
      }
    }
    backtrack(count: count, scratch: &scratch)
  }

  private func fillLattice(
    _ bytes: UnsafeBufferPointer<UInt8>, count: Int, best: UnsafeMutableBufferPointer<Float>,
    start: UnsafeMutableBufferPointer<Int32>, piece: UnsafeMutableBufferPointer<Int32>
  ) {
    for at in 1...count { best[at] = -.infinity }
    best[0] = 0
    var at = 0
    while at < count {
      let length = min(Self.characterLength(bytes[at]), count - at)
      let base = best[at]
      var state = 0
      var hasSingle = false
      var end = at
      while end < count {
        let target = Int(trie[state].base) + Int(bytes[end])
        let unit = trie[target]
        guard unit.check == Int32(truncatingIfNeeded: state), target != 0 else { break }
        state = target
        end += 1
        guard unit.key >= 0 else { continue }
        let score = base + unit.score
        if score > best[end] {
          best[end] = score
          start[end] = Int32(truncatingIfNeeded: at)
          piece[end] = unit.key
        }
        if end - at == length { hasSingle = true }
      }
      if !hasSingle {
        let score = base + unknownScore
        if score > best[at + length] {
          best[at + length] = score
          start[at + length] = Int32(truncatingIfNeeded: at)
          piece[at + length] = Self.unknown
        }
      }
      at += length
    }
  }

  private func backtrack(count: Int, scratch: inout Scratch) {
    var end = count
    while end > 0 {
      let start = Int(scratch.start[end])
      let token = Token(
        id: scratch.piece[end], start: scratch.origin[start], end: scratch.origin[end])
      if token.id == Self.unknown, let last = scratch.tokens.indices.last,
        scratch.tokens[last].id == Self.unknown
      {
        scratch.tokens[last].start = token.start
      } else {
        scratch.tokens.append(token)
      }
      end = start
    }
    scratch.tokens.reverse()
  }
}
