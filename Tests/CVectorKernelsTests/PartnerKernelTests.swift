import CVectorKernels
import TestSupport
import Testing

// Within the suite of vk_product, because both set the instruction set of the
// whole process, which must not happen at once.
extension ProductTests {
  @Suite("partner kernels")
  struct PartnerKernels {
    @Test(
      "every variant gives the same bits, the exact products", arguments: TestGenerator.seeds(40))
    func variantsAgree(seed: UInt64) {
      defer { vk_force_instruction_set(nil) }
      var generator = TestGenerator(seed: seed)
      let panel = Panel(&generator)
      let lanes = UInt32(truncatingIfNeeded: generator.next())
      vk_force_instruction_set("plain")
      let expectedBounds = panel.bounds()
      for (query, vectors) in panel.queries.enumerated() {
        for block in 0..<3 {
          for lane in 0..<32 where lanes >> UInt32(lane) & 1 == 1 {
            let exact = zip(panel.candidates[lane][block], vectors[block]).reduce(0) {
              $0 + Int32($1.0) * Int32($1.1)
            }
            #expect(panel.dots(query, lanes)[block * 32 + lane] == exact)
          }
        }
      }
      for variant in ProductTests.variants where vk_force_instruction_set(variant) == 1 {
        #expect(panel.bounds() == expectedBounds, "\(variant)")
        for query in panel.queries.indices {
          let got = panel.dots(query, lanes)
          vk_force_instruction_set("plain")
          let expected = panel.dots(query, lanes)
          vk_force_instruction_set(variant)
          for at in 0..<96 where lanes >> UInt32(at % 32) & 1 == 1 {
            #expect(got[at] == expected[at], "\(variant), lane \(at % 32)")
          }
        }
      }
    }

    @Test("extreme steps do not saturate", arguments: ProductTests.variants)
    func extremes(variant: String) {
      defer { vk_force_instruction_set(nil) }
      guard vk_force_instruction_set(variant) == 1 else { return }
      for (candidate, query) in [(Int8(127), Int8(127)), (-128, -128), (-128, 127), (127, -128)] {
        let panel = Panel(dimension: 512, head: 128, candidate: candidate, query: query)
        let dots = panel.dots(0, .max)
        #expect(dots == Array(repeating: 512 * Int32(candidate) * Int32(query), count: 96))
      }
    }

    @Test("a summary keeps four codes and then any")
    func summaries() {
      var summary = vk_partner_no_summary()
      for code: UInt32 in [7, 7, 8, 9, 7, 10] { vk_partner_add_code(&summary, 1, code) }
      #expect(summary.code_counts.1 == 4 && summary.code_counts.0 == 0)
      vk_partner_add_code(&summary, 1, 11)
      vk_partner_add_code(&summary, 1, 12)
      #expect(summary.code_counts.1 == 5)
    }
  }
}

/// Random candidates of one panel, and queries.
private final class Panel {
  let candidates: [[[Int8]]]
  let queries: [[[Int8]]]
  private var shape: vk_partner_shape
  private let memory: UnsafeMutableRawBufferPointer
  private let heads, tails: UnsafeMutablePointer<UInt8>
  private var scales, lengths: [Float]
  private let queryHeads, queryTails: [[Int8]]
  private let steps: [Float]

  convenience init(_ generator: inout TestGenerator) {
    let dimension = generator.int(1...200)
    func vectors(_ count: Int) -> [[[Int8]]] {
      (0..<count).map { _ in
        (0..<3).map { _ in generator.bytes(dimension).map { Int8(bitPattern: $0) } }
      }
    }
    let queryCount = generator.int(1...20)
    self.init(
      dimension: dimension, head: 16 * generator.int(1...8), candidates: vectors(32),
      queries: vectors(queryCount), steps: generator.floats(32 * 6 + 7 * queryCount).map(abs))
  }

  convenience init(dimension: Int, head: Int, candidate: Int8, query: Int8) {
    let block = [[Int8]](repeating: Array(repeating: candidate, count: dimension), count: 3)
    let other = [[Int8]](repeating: Array(repeating: query, count: dimension), count: 3)
    self.init(
      dimension: dimension, head: head, candidates: Array(repeating: block, count: 32),
      queries: [other], steps: Array(repeating: 1, count: 32 * 6 + 7))
  }

  private init(
    dimension: Int, head: Int, candidates: [[[Int8]]], queries: [[[Int8]]], steps: [Float]
  ) {
    self.candidates = candidates
    self.queries = queries
    self.steps = steps
    let tail = (max(0, dimension - head) + 15) / 16 * 16
    shape = vk_partner_shape(head: head, tail: tail)
    memory = .allocate(byteCount: 96 * (head + tail), alignment: 64)
    _ = memory.initializeMemory(as: UInt8.self, repeating: 128)
    heads = memory.baseAddress!.assumingMemoryBound(to: UInt8.self)
    tails = heads + 96 * head
    scales = Array(steps[..<96])
    lengths = Array(steps[96..<192])
    func cut(_ vectors: [[Int8]], _ from: Int, _ count: Int) -> [Int8] {
      vectors.flatMap { vector in
        (from..<from + count).map { $0 < vector.count ? vector[$0] : 0 }
      }
    }
    queryHeads = queries.map { cut($0, 0, head) }
    queryTails = queries.map { cut($0, head, tail) }
    for (lane, blocks) in candidates.enumerated() {
      for (block, vector) in blocks.enumerated() {
        let squares = vk_partner_pack(
          &shape, vector, dimension, block, lane, heads, tails)
        #expect(squares == vector.dropFirst(head).reduce(0) { $0 + Int64($1) * Int64($1) })
      }
    }
  }

  deinit { memory.deallocate() }

  private func starts(_ vectors: [ArraySlice<Int8>]) -> (Int32, Int32, Int32) {
    let sums = vectors.map { -128 * $0.reduce(0) { $0 + Int32($1) } }
    return (sums[0], sums[1], sums[2])
  }

  func dots(_ query: Int, _ lanes: UInt32) -> [Int32] {
    var dots = [Int32](repeating: 0, count: 96)
    with { panel in
      queryHeads[query].withUnsafeBufferPointer { head in
        queryTails[query].withUnsafeBufferPointer { tail in
          var vectors = vk_partner_query(
            head: head.baseAddress!, tail: tail.baseAddress ?? head.baseAddress!,
            head_starts: starts(queries[query].map { $0.prefix(shape.head) }),
            tail_starts: starts(queries[query].map { $0.dropFirst(shape.head) }),
            lengths: (0, 0, 0))
          vk_partner_heads(&shape, &panel, &vectors, lanes, &dots)
          vk_partner_tails(&shape, &panel, &vectors, lanes, &dots)
        }
      }
    }
    return dots
  }

  /// Whose bounds reach what is needed; about half of them.
  func bounds() -> [UInt32] {
    let count = queries.count
    var lanes = [UInt32](repeating: 0, count: count)
    let all = queryHeads.flatMap { $0 }
    let list = (0..<count).reversed().map { UInt32($0) }
    with { panel in
      all.withUnsafeBufferPointer { heads in
        let bounds = (0..<count).map { q in
          let s = steps[(192 + 7 * q)...].map { $0 / 4000 }
          let f = s.startIndex
          return vk_partner_bound(
            head: heads.baseAddress! + q * 3 * shape.head,
            starts: starts(queries[q].map { $0.prefix(shape.head) }),
            steps: (s[f], s[f + 1], s[f + 2]),
            lengths: (s[f + 3] * 4e6, s[f + 4] * 4e6, s[f + 5] * 4e6), need: s[f + 6] * 80_000)
        }
        vk_partner_bounds(&shape, &panel, bounds, list, count, &lanes)
      }
    }
    return lanes
  }

  private func with(_ body: (inout vk_partner_panel) -> Void) {
    scales.withUnsafeBufferPointer { scales in
      lengths.withUnsafeBufferPointer { lengths in
        var panel = vk_partner_panel(
          head: heads, tail: tails, scales: scales.baseAddress!, lengths: lengths.baseAddress!)
        body(&panel)
      }
    }
  }
}
