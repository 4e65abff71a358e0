/// Token sequences on their way through the encoder, and what came out.
///
/// Not `Sendable`: one caller fills, encodes and reads it, and keeps it for the
/// next round, so that steady work allocates nothing.
public final class EncoderBatch {
  /// Sequences are laid end to end with `margin` empty rows between them and
  /// at both ends, so that no window sees a neighbour.
  private(set) var rows = EncoderShape.margin
  private(set) var ids: [Int32] = Array(repeating: EncoderBatch.gap, count: EncoderShape.margin)
  private(set) var sequences: [Range<Int>] = []

  static let gap: Int32 = -1

  // Sizes in rows that the buffers below have room for.
  private var capacity = 0
  private(set) var embedded = AlignedBuffer<UInt8>()
  private(set) var embeddedScales = AlignedBuffer<Float>()
  private(set) var embeddedOffsets = AlignedBuffer<Float>()
  private(set) var projected = AlignedBuffer<Float>()
  private(set) var quantised = AlignedBuffer<UInt8>()
  private(set) var scales = AlignedBuffer<Float>()
  private(set) var hidden = AlignedBuffer<Float>()
  private(set) var features = AlignedBuffer<Float>()

  public init() {}

  /// How many tokens lie in the batch, marks included.
  public var tokenCount: Int { sequences.reduce(0) { $0 + $1.count } }

  /// How many sequences lie in the batch.
  public var count: Int { sequences.count }

  /// Forgets all sequences.
  public func removeAll() {
    rows = EncoderShape.margin
    ids.removeSubrange(EncoderShape.margin...)
    sequences.removeAll(keepingCapacity: true)
  }

  /// Adds one sequence; the marks for beginning and end are put round it.
  public func append(_ tokens: some Collection<Token>) {
    let start = rows
    ids.append(Tokenizer.beginning)
    if tokens.isEmpty {
      ids.append(Tokenizer.unknown)
    } else {
      for token in tokens { ids.append(token.id) }
    }
    ids.append(Tokenizer.end)
    sequences.append(start..<ids.count)
    for _ in 0..<EncoderShape.margin { ids.append(Self.gap) }
    rows = ids.count
  }

  /// The features of a sequence's tokens, row by row (`Encoder.featureCount`
  /// values each), the mark for the beginning first. Valid until the batch is
  /// encoded again.
  public func withFeatures<Result>(
    of sequence: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    let range = sequences[sequence]
    return try body(
      UnsafeBufferPointer(
        start: features.start + range.lowerBound * EncoderShape.features,
        count: range.count * EncoderShape.features))
  }

  func reserve() {
    guard rows > capacity else { return }
    capacity = rows + rows / 2
    let windowed = capacity + EncoderShape.margin * 2 + 1
    embedded.reserve(capacity * EncoderShape.embedding)
    embeddedScales.reserve(capacity)
    embeddedOffsets.reserve(capacity)
    projected.reserve(capacity * EncoderShape.projection)
    quantised.reserve(windowed * EncoderShape.branch)
    scales.reserve(windowed)
    hidden.reserve(capacity * EncoderShape.branch)
    features.reserve(capacity * EncoderShape.features)
  }
}

/// Uninitialised memory that starts on a cache line and is freed with its owner.
struct AlignedBuffer<Element: BitwiseCopyable>: ~Copyable {
  private var memory: UnsafeMutableRawPointer?

  deinit { memory?.deallocate() }

  /// Makes room for `count` elements; what was there is lost.
  mutating func reserve(_ count: Int) {
    memory?.deallocate()
    memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count * MemoryLayout<Element>.stride), alignment: 64)
  }

  var start: UnsafeMutablePointer<Element> {
    guard let memory else { preconditionFailure("the buffer was not reserved") }
    return memory.assumingMemoryBound(to: Element.self)
  }
}
