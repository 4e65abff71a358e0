import Foundation

/// What a load test asks of a server.
package struct LoadPlan: Sendable {
  /// Calls a second, offered whether or not the server keeps up.
  package var rate: Double
  package var connections: Int
  package var duration: Duration
  /// Before that, at the same rate, without being counted.
  package var warmUp: Duration
  package var mix: Mix
  /// Whether the rate rises from a tenth to the whole in ten steps.
  package var ramps: Bool
  /// Whether each connection is closed and opened anew every second, one after the other.
  package var reconnects: Bool
  /// Decides which operation comes when, and about whom.
  package var seed: UInt64
  /// Calls that may wait for an answer; those beyond it are not sent, and count as
  /// errors.
  package var mostOutstanding = 10_000

  package init(
    rate: Double, connections: Int, duration: Duration, warmUp: Duration, mix: Mix,
    ramps: Bool = false, reconnects: Bool = false, seed: UInt64 = 0
  ) {
    self.rate = rate
    self.connections = connections
    self.duration = duration
    self.warmUp = warmUp
    self.mix = mix
    self.ramps = ramps
    self.reconnects = reconnects
    self.seed = seed
  }

  /// A part of the test with one rate.
  package struct Step: Hashable, Sendable {
    package var rate: Double
    package var duration: Duration
  }

  /// The steps after the warm-up.
  package var steps: [Step] {
    guard ramps else { return [Step(rate: rate, duration: duration)] }
    return (1...10).map { Step(rate: rate * Double($0) / 10, duration: duration / 10) }
  }
}

/// What is asked for.
package enum Operation: String, CaseIterable, Codable, Hashable, Sendable {
  case suggest, explain, classify, get
}

/// Operations by their weights.
package struct Mix: Hashable, Sendable {
  package struct SyntaxError: Error, CustomStringConvertible {
    package var description: String
  }

  package private(set) var weights: [(operation: Operation, weight: Double)]

  package static func == (a: Mix, b: Mix) -> Bool { a.text == b.text }
  package func hash(into hasher: inout Hasher) { hasher.combine(text) }

  /// "suggest=70,classify=20,explain=10".
  ///
  /// - Throws: `SyntaxError` with what would be right.
  package init(_ text: String) throws(SyntaxError) {
    weights = []
    for part in text.split(separator: ",") {
      let sides = part.split(separator: "=")
      guard let name = sides.first, let operation = Operation(rawValue: String(name)) else {
        throw SyntaxError(
          description: "'\(part)' names no operation; there are "
            + Operation.allCases.map(\.rawValue).joined(separator: ", "))
      }
      guard sides.count == 2, let weight = Double(sides[1]), weight > 0, weight.isFinite else {
        throw SyntaxError(description: "'\(part)' has no weight above 0; write \(name)=1")
      }
      guard !weights.contains(where: { $0.operation == operation }) else {
        throw SyntaxError(description: "'\(name)' is there twice")
      }
      weights.append((operation, weight))
    }
    guard !weights.isEmpty else {
      throw SyntaxError(description: "a mix names operations, such as suggest=70,classify=30")
    }
  }

  package var text: String {
    weights.map { "\($0.operation.rawValue)=\(String(format: "%g", $0.weight))" }
      .joined(separator: ",")
  }

  /// An operation, chosen by weight.
  package func choose(_ chance: inout some RandomNumberGenerator) -> Operation {
    var place = Double.random(in: 0..<weights.reduce(0) { $0 + $1.weight }, using: &chance)
    for (operation, weight) in weights {
      place -= weight
      if place < 0 { return operation }
    }
    return weights[weights.count - 1].operation
  }
}
