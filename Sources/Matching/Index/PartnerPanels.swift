import CVectorKernels
import Foundation
import Programme

/// The candidates of an index in panels of 32 as the C kernels read them.
///
/// Rows are the order in which profiles were appended, positions that in which
/// they stand here.
final class PartnerPanels: Sendable {
  static let blocks = Int(VK_BLOCKS)
  static let lanes = Int(VK_LANES)
  /// Components of each vector whose products are computed for every candidate.
  /// Vectors are in the order of their principal components, so that the first half
  /// of 256 leaves little to bound: of a million candidates as synthetic as those of
  /// `Benchmarks/`, 1% needed their tails after 128 components, 3% after 96, and 32%
  /// after 64.
  static let headLimit = 128

  let count: Int
  let networks: Int
  let dimension: Int
  let shape: vk_partner_shape
  /// The row of each position.
  let rows: [UInt32]
  /// The position of each row.
  let positions: [UInt32]

  /// [panel][block][head / 4][lane][4], and the same of the tails.
  let heads: AlignedBuffer<UInt8>
  let tails: AlignedBuffer<UInt8>
  /// [panel][block][lane], and the same of the tails' lengths in steps.
  let scales: AlignedBuffer<Float>
  let lengths: AlignedBuffer<Float>
  /// [panel][network][lane], their roots (`PairFactors.roots`), and the largest root
  /// of each panel.
  let memberships: AlignedBuffer<Double>
  let roots: AlignedBuffer<Double>
  let largestRoots: AlignedBuffer<Float>
  /// [position]
  let logPopulations: AlignedBuffer<Double>
  let languages: AlignedBuffer<UInt32>
  let mentoring: AlignedBuffer<UInt8>
  let themes: AlignedBuffer<UInt8>
  let summaries: AlignedBuffer<vk_partner_summary>

  /// Runs of positions that know the same facts and belong to the same region.
  let groups: [Group]

  struct Group: Sendable {
    var positions: Range<Int>
    var knowledge: Knowledge
    var region: Int
  }

  /// What the builder collected, by rows.
  struct Source {
    var vectors: [Int8]
    var scales: [Float]
    var memberships: [Double]
  }

  var panelCount: Int { (count + Self.lanes - 1) / Self.lanes }

  init(
    count: Int, dimension: Int, networks: Int, order: [UInt32], columns: ProfileColumns,
    source: Source
  ) {
    let (blocks, lanes) = (Self.blocks, Self.lanes)
    self.count = count
    self.dimension = dimension
    self.networks = networks
    let head = max(16, (min(dimension, Self.headLimit) + 15) / 16 * 16)
    let tail = (max(0, dimension - head) + 15) / 16 * 16
    shape = vk_partner_shape(head: head, tail: tail)
    rows = order
    var positions = [UInt32](repeating: 0, count: count)
    for (position, row) in order.enumerated() { positions[Int(row)] = UInt32(position) }
    self.positions = positions

    let panels = (count + lanes - 1) / lanes
    let places = panels * lanes
    heads = AlignedBuffer(repeating: 128, count: places * blocks * head)
    tails = AlignedBuffer(repeating: 128, count: places * blocks * tail)
    scales = AlignedBuffer(repeating: 0, count: places * blocks)
    lengths = AlignedBuffer(repeating: 0, count: places * blocks)
    memberships = AlignedBuffer(repeating: 0, count: places * networks)
    roots = AlignedBuffer(repeating: 0, count: places * networks)
    largestRoots = AlignedBuffer(repeating: 0, count: panels * networks)
    logPopulations = AlignedBuffer(repeating: 0, count: places)
    languages = AlignedBuffer(repeating: 0, count: places)
    mentoring = AlignedBuffer(repeating: 0, count: places)
    themes = AlignedBuffer(repeating: 0, count: places)
    summaries = AlignedBuffer(repeating: vk_partner_no_summary(), count: panels)
    groups = Self.groups(order, columns)
    for (position, row) in order.enumerated() {
      placeVectors(source, row: Int(row), position: position)
      placeFacts(source, columns, row: Int(row), position: position)
    }
  }

  private func placeVectors(_ source: Source, row: Int, position: Int) {
    let (panel, lane) = (position / Self.lanes, position % Self.lanes)
    let head = heads.base + panel * Self.lanes * Self.blocks * shape.head
    let tail = tails.base + panel * Self.lanes * Self.blocks * shape.tail
    var shape = shape
    for block in 0..<Self.blocks {
      let scale = source.scales[row * Self.blocks + block]
      guard scale > 0 else { continue }
      let squares = source.vectors.withUnsafeBufferPointer { vectors in
        vectors.baseAddress.map {
          vk_partner_pack(
            &shape, $0 + (row * Self.blocks + block) * dimension, dimension, block, lane, head,
            tail)
        }
      }
      let at = (panel * Self.blocks + block) * Self.lanes + lane
      scales[at] = scale
      lengths[at] = Self.length(squares: squares ?? 0)
    }
  }

  private func placeFacts(_ source: Source, _ columns: ProfileColumns, row: Int, position: Int) {
    let (panel, lane) = (position / Self.lanes, position % Self.lanes)
    let own = Array(source.memberships[row * networks..<(row + 1) * networks])
    for (network, root) in PairFactors.roots(own).enumerated() {
      let at = (panel * networks + network) * Self.lanes + lane
      memberships[at] = own[network]
      roots[at] = root
      let largest = largestRoots[panel * networks + network]
      largestRoots[panel * networks + network] = max(largest, Float(root))
    }
    languages[position] = columns.languages[row]
    mentoring[position] = columns.mentoring[row]
    themes[position] = columns.themes[row]
    var summary = summaries[panel]
    if columns.knowledge[row].contains(.population) {
      let logarithm = FactCodes.logPopulation(columns.populations[row], ofQuery: false)
      logPopulations[position] = logarithm
      if logarithm.isFinite {
        let value = Float(logarithm)
        summary.lowest_log_population = min(summary.lowest_log_population, value)
        summary.highest_log_population = max(summary.highest_log_population, value)
      }
    }
    vk_partner_add_code(&summary, 0, columns.languages[row])
    vk_partner_add_code(&summary, 1, UInt32(columns.mentoring[row]))
    vk_partner_add_code(&summary, 2, UInt32(columns.themes[row]))
    summaries[panel] = summary
  }

  /// At least the length of a part of a vector, in its steps.
  static func length(squares: Int64) -> Float {
    squares == 0 ? 0 : Float(Double(squares).squareRoot()).nextUp
  }

  private static func groups(_ order: [UInt32], _ columns: ProfileColumns) -> [Group] {
    var groups: [Group] = []
    for (position, row) in order.enumerated() {
      let knowledge = columns.knowledge[Int(row)]
      let region = Int(columns.regions[Int(row)])
      if let last = groups.last, last.knowledge == knowledge, last.region == region {
        groups[groups.count - 1].positions = last.positions.lowerBound..<position + 1
      } else {
        groups.append(
          Group(positions: position..<position + 1, knowledge: knowledge, region: region))
      }
    }
    return groups
  }

  /// The vector of a block of a position, as it was given.
  func vector(_ position: Int, block: Int) -> [Int8] {
    let (panel, lane) = (position / Self.lanes, position % Self.lanes)
    let head = ((panel * Self.blocks + block) * shape.head) * Self.lanes + lane * 4
    let tail = ((panel * Self.blocks + block) * shape.tail) * Self.lanes + lane * 4
    func place(_ k: Int) -> Int { k / 4 * Self.lanes * 4 + k % 4 }
    return (0..<dimension).map { k in
      let stored =
        k < shape.head ? heads[head + place(k)] : tails[tail + place(k - shape.head)]
      return Int8(bitPattern: stored ^ 0x80)
    }
  }

  func memberships(_ position: Int) -> [Double] {
    let (panel, lane) = (position / Self.lanes, position % Self.lanes)
    return (0..<networks).map { memberships[(panel * networks + $0) * Self.lanes + lane] }
  }

  func scale(_ position: Int, block: Int) -> Float {
    let (panel, lane) = (position / Self.lanes, position % Self.lanes)
    return scales[(panel * Self.blocks + block) * Self.lanes + lane]
  }
}
