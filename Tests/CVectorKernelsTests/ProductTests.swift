import CVectorKernels
import TestSupport
import Testing

/// Serialised: the chosen instruction set belongs to the whole process.
@Suite("vk_product", .serialized)
struct ProductTests {
  static let variants = ["plain", "avx2", "avx512vnni", "neon"]

  @Test(
    "every variant gives the same bits, near the exact value", arguments: TestGenerator.seeds(60))
  func variantsAgree(seed: UInt64) throws {
    defer { vk_force_instruction_set(nil) }
    var generator = TestGenerator(seed: seed)
    let problem = Problem(&generator)
    #expect(vk_force_instruction_set("plain") == 1)
    let expected = problem.product()
    for variant in Self.variants where vk_force_instruction_set(variant) == 1 {
      #expect(String(cString: vk_instruction_set()) == variant)
      let got = problem.product()
      #expect(
        got.map(\.bitPattern) == expected.map(\.bitPattern), "\(variant) differs for \(problem)")
    }
    for _ in 0..<30 {
      let row = generator.int(0...problem.rows - 1)
      let column = generator.int(0...problem.columns - 1)
      let exact = problem.exact(row: row, column: column)
      let got = Double(expected[row * problem.stride + column])
      #expect(
        abs(got - exact.value) <= 1e-5 * exact.magnitude + 1e-6,
        "row \(row), column \(column) of \(problem): \(got), not \(exact.value)")
    }
    // Nothing is written between the rows.
    for row in 0..<problem.rows {
      for column in problem.columns..<problem.stride {
        #expect(expected[row * problem.stride + column] == Problem.untouched)
      }
    }
  }

  @Test("extreme bytes do not saturate", arguments: variants)
  func extremes(variant: String) {
    defer { vk_force_instruction_set(nil) }
    guard vk_force_instruction_set(variant) == 1 else { return }
    for (input, weight) in [(UInt8(255), Int8(127)), (255, -128), (0, -128), (0, 127)] {
      let problem = Problem(input: input, weight: weight, depth: 512, rows: 7)
      let value = Float(512 * (Int(input) - 128) * Int(weight))
      let product = problem.product()
      for row in 0..<7 {
        for column in 0..<32 { #expect(product[row * problem.stride + column] == value) }
      }
    }
  }

  @Test("an unknown instruction set is refused and changes nothing")
  func unknown() {
    let before = String(cString: vk_instruction_set())
    #expect(vk_force_instruction_set("abacus") == 0)
    #expect(String(cString: vk_instruction_set()) == before)
    #expect(vk_force_instruction_set(nil) == 1)
  }
}

/// A random product and its factors.
private final class Problem: CustomStringConvertible {
  static let untouched: Float = -12345

  let taps, depth, columns, rows, stride: Int
  let weights: [Int8]
  let input: [UInt8]
  let inputScales: [Float]
  let offsets: [Float]?
  let scales, bias: [Float]
  let zero: Int32
  private let packed: UnsafeMutableBufferPointer<Int8>
  private var sums: [Int32]

  convenience init(_ generator: inout TestGenerator) {
    let taps = generator.pick([1, 2, 3, 5])
    let depth = 4 * generator.int(1...(generator.int(0...3) == 0 ? 128 : 24))
    let columns = 32 * generator.int(1...4)
    let rows = generator.int(1...20)
    let inputRows = rows + taps - 1
    var inputScales = (0..<inputRows).map { _ in abs(generator.float()) * 0.05 }
    for row in inputScales.indices where generator.int(0...3) == 0 { inputScales[row] = 0 }
    self.init(
      taps: taps, depth: depth, columns: columns, rows: rows,
      stride: columns + generator.int(0...5),
      weights: generator.bytes(taps * depth * columns).map { Int8(bitPattern: $0) },
      input: generator.bytes(inputRows * depth), inputScales: inputScales,
      offsets: taps == 1 && generator.int(0...1) == 0 ? generator.floats(rows) : nil,
      scales: (0..<columns).map { _ in abs(generator.float()) * 0.02 },
      bias: generator.floats(columns),
      zero: Int32(generator.pick([0, 128, generator.int(0...255)]))
    )
  }

  convenience init(input: UInt8, weight: Int8, depth: Int, rows: Int) {
    self.init(
      taps: 1, depth: depth, columns: 32, rows: rows, stride: 32,
      weights: Array(repeating: weight, count: depth * 32),
      input: Array(repeating: input, count: depth * rows),
      inputScales: Array(repeating: 1, count: rows), offsets: nil,
      scales: Array(repeating: 1, count: 32), bias: Array(repeating: 0, count: 32), zero: 128)
  }

  private init(
    taps: Int, depth: Int, columns: Int, rows: Int, stride: Int, weights: [Int8], input: [UInt8],
    inputScales: [Float], offsets: [Float]?, scales: [Float], bias: [Float], zero: Int32
  ) {
    (self.taps, self.depth, self.columns, self.rows) = (taps, depth, columns, rows)
    self.stride = stride
    (self.weights, self.input, self.inputScales) = (weights, input, inputScales)
    (self.offsets, self.scales, self.bias, self.zero) = (offsets, scales, bias, zero)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: weights.count, alignment: 64)
    packed = memory.bindMemory(to: Int8.self)
    sums = Array(repeating: 0, count: taps * columns)
    if let start = packed.baseAddress { vk_pack(weights, taps, depth, columns, start, &sums) }
  }

  deinit { packed.deallocate() }

  var description: String {
    "taps \(taps), depth \(depth), columns \(columns), rows \(rows), zero \(zero), "
      + (offsets == nil ? "no offsets" : "offsets")
  }

  func product() -> [Float] {
    var out = [Float](repeating: Self.untouched, count: rows * stride)
    guard let start = packed.baseAddress else { return out }
    sums.withUnsafeBufferPointer { sums in
      scales.withUnsafeBufferPointer { scales in
        bias.withUnsafeBufferPointer { bias in
          input.withUnsafeBufferPointer { input in
            inputScales.withUnsafeBufferPointer { inputScales in
              (offsets ?? []).withUnsafeBufferPointer { offsets in
                guard let sums = sums.baseAddress, let scales = scales.baseAddress,
                  let bias = bias.baseAddress, let input = input.baseAddress,
                  let inputScales = inputScales.baseAddress
                else { return }
                var matrix = vk_matrix(
                  packed: start, sums: sums, scales: scales, bias: bias, taps: taps, depth: depth,
                  columns: columns)
                var rows = vk_rows(
                  q: input, scales: inputScales,
                  offsets: self.offsets == nil ? nil : offsets.baseAddress, zero: zero)
                vk_product(&matrix, &rows, self.rows, &out, stride)
              }
            }
          }
        }
      }
    }
    return out
  }

  /// The exact value, and the sum of the magnitudes that it is made of.
  func exact(row: Int, column: Int) -> (value: Double, magnitude: Double) {
    var value = 0.0
    var magnitude = 0.0
    for tap in 0..<taps {
      let scale = Double(inputScales[row + tap])
      for k in 0..<depth {
        let q = Int32(input[(row + tap) * depth + k]) - zero
        var x = scale * Double(q)
        if let offsets { x += Double(offsets[row]) }
        let term = x * Double(weights[(tap * depth + k) * columns + column])
        value += term
        magnitude += abs(term)
      }
    }
    let scale = Double(scales[column])
    return (
      value * scale + Double(bias[column]), magnitude * scale + abs(Double(bias[column]))
    )
  }
}
