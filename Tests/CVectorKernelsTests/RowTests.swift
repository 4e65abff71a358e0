import CVectorKernels
import TestSupport
import Testing

@Suite("row kernels")
struct RowTests {
  private func isClose(_ a: Float, _ b: Double, _ magnitude: Double) -> Bool {
    abs(Double(a) - b) <= 1e-5 * magnitude + 1e-6
  }

  @Test("vk_quantise is within half a step of every value", arguments: TestGenerator.seeds(20))
  func quantise(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let rows = generator.int(1...5)
    let columns = 16 * generator.int(1...8)
    let stride = columns + generator.int(0...9)
    var x = generator.floats(rows * stride)
    let factors: [Float] = (0..<rows).map { _ in generator.pick([0, 1e-30, 1, 1000, 1e30]) }
    for at in x.indices { x[at] *= factors[at / stride] }
    var q = [UInt8](repeating: 77, count: rows * columns + 1)
    var scales = [Float](repeating: -1, count: rows)
    vk_quantise(x, rows, columns, stride, &q, &scales)
    for row in 0..<rows {
      let values = x[row * stride..<row * stride + columns]
      let top = values.reduce(0) { max($0, abs($1)) }
      #expect(scales[row] == top / 127)
      for (column, value) in values.enumerated() {
        let steps = Int(q[row * columns + column]) - 128
        #expect(abs(steps) <= 127)
        #expect(abs(Float(steps) * scales[row] - value) <= scales[row] * 0.5001)
      }
      if top > 0 {
        let codes = q[row * columns..<(row + 1) * columns]
        #expect(codes.contains(1) || codes.contains(255), "the largest value uses the whole range")
      }
    }
    #expect(q[rows * columns] == 77)
  }

  @Test("vk_layer_norm, whatever rows stand beside", arguments: TestGenerator.seeds(20))
  func layerNorm(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let rows = generator.int(1...9)
    let columns = 16 * generator.int(1...16)
    let stride = columns + generator.int(0...7)
    let original = generator.floats(rows * stride).map { $0 * 8 + 1 }
    let gain = generator.floats(columns)
    let shift = generator.floats(columns)
    var x = original
    vk_layer_norm(&x, rows, columns, stride, gain, shift, 1e-12)
    for row in 0..<rows {
      let values = original[row * stride..<row * stride + columns].map(Double.init)
      let mean = values.reduce(0, +) / Double(columns)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
      for column in 0..<columns {
        let expected =
          (values[column] - mean) / (variance + 1e-12).squareRoot() * Double(gain[column])
          + Double(shift[column])
        #expect(isClose(x[row * stride + column], expected, 10))
      }
      for at in row * stride + columns..<(row + 1) * stride { #expect(x[at] == original[at]) }
      var alone = Array(original[row * stride..<(row + 1) * stride])
      vk_layer_norm(&alone, 1, columns, stride, gain, shift, 1e-12)
      #expect(alone == Array(x[row * stride..<(row + 1) * stride]))
    }
  }

  @Test("vk_layer_norm of equal values gives the shift")
  func layerNormOfConstant() {
    var x = [Float](repeating: 4, count: 32)
    let shift = (0..<32).map(Float.init)
    vk_layer_norm(&x, 1, 32, 32, [Float](repeating: 3, count: 32), shift, 1e-12)
    #expect(x == shift)
  }

  @Test("vk_relu_add is exact", arguments: TestGenerator.seeds(10))
  func reluAdd(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let rows = generator.int(1...5)
    let columns = 16 * generator.int(1...6)
    let stride = columns + generator.int(0...5)
    let residualStride = columns + generator.int(0...5)
    let original = generator.floats(rows * stride)
    let residual = generator.floats(rows * residualStride)
    var x = original
    vk_relu_add(&x, stride, residual, residualStride, rows, columns)
    for row in 0..<rows {
      for column in 0..<stride {
        let before = original[row * stride + column]
        let expected =
          column < columns ? max(before, 0) + residual[row * residualStride + column] : before
        #expect(x[row * stride + column] == expected)
      }
    }
  }

  @Test(
    "vk_matrix_rows adds the product, whatever rows stand beside",
    arguments: TestGenerator.seeds(12))
  func matrixRows(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let rows = generator.int(1...9)
    let depth = generator.int(1...20)
    let columns = 32 * generator.int(1...2)
    let x = generator.floats(rows * depth)
    let w = generator.floats(depth * columns)
    let start = generator.floats(rows * columns)
    var out = start
    vk_matrix_rows(x, rows, depth, w, columns, &out)
    for row in 0..<rows {
      for column in 0..<columns {
        let exact = (0..<depth).reduce(Double(start[row * columns + column])) {
          $0 + Double(x[row * depth + $1]) * Double(w[$1 * columns + column])
        }
        #expect(isClose(out[row * columns + column], exact, Double(depth)))
      }
      var alone = Array(start[row * columns..<(row + 1) * columns])
      vk_matrix_rows(Array(x[row * depth..<(row + 1) * depth]), 1, depth, w, columns, &alone)
      #expect(alone == Array(out[row * columns..<(row + 1) * columns]))
    }
  }

  @Test("vk_matrix_transposed", arguments: TestGenerator.seeds(12))
  func matrixTransposed(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let depth = generator.int(1...20)
    let columns = 16 * generator.int(1...6)
    let g = generator.floats(columns)
    let w = generator.floats(depth * columns)
    let start = generator.floats(depth)
    var out = start
    vk_matrix_transposed(g, columns, w, depth, &out)
    for k in 0..<depth {
      let exact = (0..<columns).reduce(Double(start[k])) {
        $0 + Double(w[k * columns + $1]) * Double(g[$1])
      }
      #expect(isClose(out[k], exact, Double(columns)))
    }
  }

  @Test("vk_row_products and vk_dot", arguments: 1...9)
  func rowProducts(count: Int) {
    var generator = TestGenerator(seed: UInt64(count))
    let rows = generator.int(1...5)
    let columns = 16 * generator.int(1...6)
    let x = generator.floats(rows * columns)
    let w = generator.floats(count * columns)
    var out = [Float](repeating: 99, count: rows * count)
    vk_row_products(x, rows, columns, w, count, &out)
    for row in 0..<rows {
      for n in 0..<count {
        let exact = (0..<columns).reduce(0.0) {
          $0 + Double(x[row * columns + $1]) * Double(w[n * columns + $1])
        }
        #expect(isClose(out[row * count + n], exact, Double(columns)))
        let dot = vk_dot(
          Array(x[row * columns..<(row + 1) * columns]),
          Array(w[n * columns..<(n + 1) * columns]), columns)
        #expect(dot == out[row * count + n], "the same order of sums, so the same bits")
      }
    }
  }

  @Test("vk_add_weighted_rows", arguments: 1...9)
  func addWeightedRows(count: Int) {
    var generator = TestGenerator(seed: UInt64(count))
    let rows = generator.int(1...7)
    let columns = 16 * generator.int(1...5)
    let x = generator.floats(rows * columns)
    let factor = generator.floats(rows * count)
    let start = generator.floats(count * columns)
    var sum = start
    vk_add_weighted_rows(x, rows, columns, factor, count, &sum)
    for n in 0..<count {
      for column in 0..<columns {
        let exact = (0..<rows).reduce(Double(start[n * columns + column])) {
          $0 + Double(factor[$1 * count + n]) * Double(x[$1 * columns + column])
        }
        #expect(isClose(sum[n * columns + column], exact, Double(rows)))
      }
    }
  }

  @Test("vk_dequantise, vk_add_rows and vk_add_scaled", arguments: TestGenerator.seeds(5))
  func smallKernels(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let count = generator.int(1...100)
    let q = generator.bytes(count)
    var values = [Float](repeating: 0, count: count)
    vk_dequantise(q, count, 0.25, -3, &values)
    #expect(values == q.map { Float($0) * 0.25 - 3 })

    let stride = count + 3
    let x = generator.floats(4 * stride)
    var sum = generator.floats(count)
    let before = sum
    vk_add_rows(x, 4, count, stride, &sum)
    for at in 0..<count {
      let exact = (0..<4).reduce(Double(before[at])) { $0 + Double(x[$1 * stride + at]) }
      #expect(isClose(sum[at], exact, 5))
    }

    var scaled = before
    vk_add_scaled(x, -0.5, count, &scaled)
    for at in 0..<count {
      #expect(isClose(scaled[at], Double(before[at]) - 0.5 * Double(x[at]), 2))
    }
  }
}
