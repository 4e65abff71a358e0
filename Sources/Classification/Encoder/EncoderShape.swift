/// The sizes of universal-sentence-encoder-multilingual v3.
enum EncoderShape {
  static let vocabulary = 128_010
  /// The embedding table was quantised in this many interleaved parts.
  static let chunks = 17
  static let embedding = 512
  /// Channels of one n-gram branch.
  static let branch = 256
  /// Width of each branch's window, and how much of it lies to the left.
  static let branches: [(taps: Int, left: Int)] = [(2, 0), (3, 1), (5, 2)]
  /// The most that any window reaches to the left or to the right.
  static let margin = 2
  static let projection = branch * 3
  static let features = embedding + projection
  static let output = 512
  static let hidden = 320
  static let epsilon: Float = 1e-12
}
