import Foundation
import Testing

@testable import Programme

/// A text in which one thing is replaced, to break it.
struct Breakage: CustomTestStringConvertible, Sendable {
  let name: String
  let old: String
  let new: String
  /// What is expected: the path, and a part of the sentence about it.
  let path: String
  let message: String

  init(_ name: String, _ old: String, _ new: String, at path: String, _ message: String) {
    self.name = name
    self.old = old
    self.new = new
    self.path = path
    self.message = message
  }

  var testDescription: String { name }

  /// The text with its first `old` replaced, and the line where that stands.
  func applied(to text: String) throws -> (text: String, line: Int) {
    let range = try #require(text.range(of: old), "'\(old)' is not there to break")
    let line = text[..<range.lowerBound].count { $0 == "\n" } + 1
    return (text.replacingCharacters(in: range, with: new), line)
  }
}

/// Repeatable pseudo-random numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// The shipped definition file as text.
func shippedText() throws -> String {
  String(decoding: try ProgrammeDefinition.bulletinFile, as: UTF8.self)
}
