/// The maximum-weight flow under the pairing: pairs between two sides, each side
/// under a tree of bounds that ends in one hub.
///
///     hub ─► rules of the left ─► left ─► right ─► rules of the right ─► hub
///
/// Every node but the hub has a load, the flow between it and its parent, with a
/// minimum and a maximum. Each unit that fails a minimum costs `penalty`, so that
/// some flow always exists and a problem is infeasible when the best one pays.
///
/// The method is successive shortest paths with node potentials from a pseudoflow
/// (R. Ahuja, T. Magnanti, J. Orlin, Network Flows, 1993, §9.7): every arc of the
/// residual network keeps a slack of 0 or more, and units that are in excess are
/// routed one by one along shortest paths. On one-to-one pairs that is the method
/// of R. Jonker and A. Volgenant (Computing 38, 1987). After a change of weights or
/// new candidates only what broke is routed again.
///
/// This and its `NodeHeap` alone of the cohort's code work on unchecked memory; every
/// index in them was made here or by `BoundTree`.
struct FlowNetwork: ~Copyable {
  let leftCount: Int
  let rightCount: Int
  let hub: Int
  let penalty: Int64

  /// Per node; left, right, rules, hub.
  private let potential: UnsafeMutablePointer<Int64>
  private let tariff: UnsafeMutablePointer<Int64>
  private let load: UnsafeMutablePointer<Int32>
  private let minimum: UnsafeMutablePointer<Int32>
  private let maximum: UnsafeMutablePointer<Int32>
  private let parent: UnsafeMutablePointer<Int32>
  private let isRight: UnsafeMutablePointer<Bool>
  private let excess: UnsafeMutablePointer<Int32>
  private let firstUse: UnsafeMutablePointer<Int32>
  /// Children of each rule and of the hub.
  private let childStart: UnsafeMutablePointer<Int32>
  private let children: UnsafeMutablePointer<Int32>

  /// Per candidate pair, grouped by its left node.
  private var rowStart: UnsafeMutablePointer<Int32>
  private var arcs: Arcs

  /// The search's labels.
  private let distance: UnsafeMutablePointer<Int64>
  private let seen: UnsafeMutablePointer<Int32>
  private let cameFrom: UnsafeMutablePointer<Int32>
  private let cameBy: UnsafeMutablePointer<Int32>
  private let settled: UnsafeMutablePointer<Int32>
  private let ready: UnsafeMutablePointer<Int32>
  private var heap: NodeHeap
  private var stamp: Int32 = 0

  private struct Arcs {
    var count: Int
    let row: UnsafeMutablePointer<Int32>
    let column: UnsafeMutablePointer<Int32>
    let weight: UnsafeMutablePointer<Int64>
    let state: UnsafeMutablePointer<State>
    /// The used arcs of one right node, linked both ways; -1 ends.
    let next: UnsafeMutablePointer<Int32>
    let previous: UnsafeMutablePointer<Int32>

    init(count: Int) {
      self.count = count
      row = .allocate(capacity: count)
      column = .allocate(capacity: count)
      weight = .allocate(capacity: count)
      state = .allocate(capacity: count)
      next = .allocate(capacity: count)
      previous = .allocate(capacity: count)
    }

    func deallocate() {
      row.deallocate()
      column.deallocate()
      weight.deallocate()
      state.deallocate()
      next.deallocate()
      previous.deallocate()
    }
  }

  enum State: UInt8 { case free, used }

  /// A candidate pair: its place on both sides and its weight.
  struct Candidate {
    var left: Int32
    var right: Int32
    var weight: Int64
  }

  init(tree: BoundTree, penalty: Int64) {
    leftCount = tree.leftCount
    rightCount = tree.rightCount
    self.penalty = penalty
    let nodes = tree.nodes.count + 1
    hub = nodes - 1
    func make<T>(_ value: T, _ count: Int) -> UnsafeMutablePointer<T> {
      let memory = UnsafeMutablePointer<T>.allocate(capacity: count)
      memory.initialize(repeating: value, count: count)
      return memory
    }
    potential = make(0, nodes)
    tariff = make(0, nodes)
    load = make(0, nodes)
    minimum = make(0, nodes)
    maximum = make(0, nodes)
    parent = make(-1, nodes)
    isRight = make(false, nodes)
    excess = make(0, nodes)
    firstUse = make(-1, nodes)
    distance = make(0, nodes)
    seen = make(0, nodes)
    cameFrom = make(-1, nodes)
    cameBy = make(-1, nodes)
    settled = make(0, nodes)
    ready = make(0, nodes)
    heap = NodeHeap(capacity: nodes)
    childStart = make(0, nodes + 1)
    children = make(0, nodes)
    rowStart = make(0, leftCount + 1)
    arcs = Arcs(count: 0)
    for (at, node) in tree.nodes.enumerated() {
      minimum[at] = node.minimum
      maximum[at] = node.maximum
      parent[at] = Int32(node.parent)
      isRight[at] = node.isRight
      childStart[node.parent + 1] += 1
    }
    for at in 0..<nodes { childStart[at + 1] += childStart[at] }
    var filled = [Int32](repeating: 0, count: nodes)
    for (at, node) in tree.nodes.enumerated() {
      children[Int(childStart[node.parent] + filled[node.parent])] = Int32(at)
      filled[node.parent] += 1
    }
  }

  deinit {
    for memory in [potential, tariff, distance] { memory.deallocate() }
    for memory in [
      load, minimum, maximum, parent, excess, firstUse, childStart, children, rowStart, seen,
      cameFrom, cameBy, settled, ready,
    ] {
      memory.deallocate()
    }
    isRight.deallocate()
    arcs.deallocate()
    heap.deallocate()
  }

  // MARK: Candidates and their weights

  var candidateCount: Int { arcs.count }

  /// Adds candidate pairs that are not yet there, in the order of their left nodes.
  mutating func add(_ new: [Candidate]) {
    let old = arcs
    let grown = Arcs(count: old.count + new.count)
    var fresh = 0
    var to = 0
    for row in 0..<leftCount {
      let (start, end) = (Int(rowStart[row]), Int(rowStart[row + 1]))
      let begin = to
      for arc in start..<end {
        grown.row[to] = Int32(row)
        grown.column[to] = old.column[arc]
        grown.weight[to] = old.weight[arc]
        grown.state[to] = old.state[arc]
        to += 1
      }
      while fresh < new.count, Int(new[fresh].left) == row {
        grown.row[to] = Int32(row)
        grown.column[to] = new[fresh].right
        grown.weight[to] = new[fresh].weight
        grown.state[to] = .free
        to += 1
        fresh += 1
      }
      rowStart[row] = Int32(begin)
    }
    rowStart[leftCount] = Int32(to)
    precondition(fresh == new.count, "the candidates are not in the order of their left nodes")
    old.deallocate()
    arcs = grown
    for right in leftCount..<(leftCount + rightCount) { firstUse[right] = -1 }
    for arc in 0..<to where grown.state[arc] == .used { link(arc) }
  }

  /// The candidate's index; nil when the pair is none.
  func candidate(left: Int, right: Int) -> Int? {
    (Int(rowStart[left])..<Int(rowStart[left + 1])).first { Int(arcs.column[$0]) == right }
  }

  func forEachCandidate(of left: Int, _ body: (Int) -> Void) {
    for arc in Int(rowStart[left])..<Int(rowStart[left + 1]) { body(Int(arcs.column[arc])) }
  }

  /// Changes how much flow a node must and may have.
  mutating func setBounds(_ low: Int, _ high: Int, of node: Int) {
    minimum[node] = Int32(clamping: low)
    maximum[node] = Int32(clamping: high)
  }

  /// What each unit of a participant's load costs besides.
  mutating func setTariff(_ value: Int64, of node: Int) { tariff[node] = value }

  // MARK: What it gives

  func isUsed(_ arc: Int) -> Bool { arcs.state[arc] == .used }
  func left(of arc: Int) -> Int { Int(arcs.row[arc]) }
  func right(of arc: Int) -> Int { Int(arcs.column[arc]) }
  func weight(of arc: Int) -> Int64 { arcs.weight[arc] }
  func load(of node: Int) -> Int { Int(load[node]) }

  /// What a pair pays at this node: of a participant, the duals of itself, of the
  /// rules above it, and its tariff, together.
  func price(of node: Int) -> Int64 {
    let value = potential[node] - potential[hub]
    return isRight[node] ? -value : value
  }

  /// The dual of the node's own bounds.
  func dual(of node: Int) -> Int64 { gainBelow(node) - tariff[node] }

  /// The price of the node less that of its parent.
  @inline(__always)
  private func gainBelow(_ node: Int) -> Int64 {
    let above = Int(parent[node])
    return isRight[node]
      ? potential[above] &- potential[node] : potential[node] &- potential[above]
  }

  // MARK: Keeping the slacks

  /// What the next unit of load brings besides the pairs.
  @inline(__always)
  private func nextGain(_ node: Int) -> Int64 {
    (load[node] < minimum[node] ? penalty : 0) &- tariff[node]
  }

  @inline(__always)
  private func lastGain(_ node: Int) -> Int64 {
    (load[node] <= minimum[node] ? penalty : 0) &- tariff[node]
  }

  /// Moves the node's load to where its price wants it.
  @inline(__always)
  private mutating func settle(_ node: Int) {
    let plain = gainBelow(node) &- tariff[node]
    let short = plain &+ (minimum[node] > 0 ? penalty : 0)
    let lowest = plain > 0 ? maximum[node] : short > 0 ? minimum[node] : 0
    let highest = short < 0 ? 0 : plain < 0 ? minimum[node] : maximum[node]
    let wanted = max(lowest, min(load[node], highest))
    let change = wanted - load[node]
    guard change != 0 else { return }
    load[node] = wanted
    let above = Int(parent[node])
    if isRight[node] {
      excess[node] -= change
      excess[above] += change
    } else {
      excess[node] += change
      excess[above] -= change
    }
  }

  /// The lowest price of a left node at which none of its free candidates would
  /// improve.
  private func reservation(_ row: Int) -> Int64? {
    var best: Int64?
    for arc in Int(rowStart[row])..<Int(rowStart[row + 1]) where arcs.state[arc] == .free {
      best = max(best ?? .min, arcs.weight[arc] + potential[leftCount + Int(arcs.column[arc])])
    }
    return best
  }

  /// Begins with prices of 0 on the right and what each left node could get at most
  /// on the left.
  mutating func start() {
    for row in 0..<leftCount { potential[row] = max(0, reservation(row) ?? 0) }
    for node in 0..<hub { settle(node) }
  }

  /// Makes slacks right again after weights, tariffs or candidates changed in these
  /// left nodes, or in all.
  mutating func repair(rows: [Int]? = nil) {
    if let rows {
      for row in rows { repair(row: row) }
    } else {
      for row in 0..<leftCount { repair(row: row) }
      for node in leftCount..<hub { settle(node) }
    }
  }

  private mutating func repair(row: Int) {
    if let lowest = reservation(row), lowest > potential[row] { potential[row] = lowest }
    for arc in Int(rowStart[row])..<Int(rowStart[row + 1]) where arcs.state[arc] == .used {
      let slack =
        arcs.weight[arc] + potential[leftCount + Int(arcs.column[arc])] - potential[row]
      if slack < 0 { unuse(arc, releasing: true) }
    }
    settle(row)
  }

  // MARK: Routing

  /// Routes all excess.
  /// - Parameter order: the left nodes, in the order to begin with.
  /// - Returns: false when `stop` said so; the flow is then incomplete.
  mutating func run(order: [Int], stop: () -> Bool) -> Bool {
    for source in order {
      while excess[source] > 0 {
        if stop() { return false }
        augment(from: source)
      }
    }
    for source in leftCount..<hub {
      while excess[source] > 0 {
        if stop() { return false }
        augment(from: source)
      }
    }
    for node in 0..<hub {
      while excess[node] < 0 {
        if stop() { return false }
        augment(from: hub)
      }
    }
    return true
  }

  /// Moves one unit from the source to the nearest node that lacks one.
  private mutating func augment(from source: Int) {
    let target = search(from: source)
    precondition(target >= 0, "a unit can always return to the hub")
    var at = target
    while at != source {
      let before = Int(cameFrom[at])
      let arc = Int(cameBy[at])
      if arc >= 0 {
        if before < leftCount { use(arc) } else { unuse(arc, releasing: false) }
      } else if Int(parent[before]) == at {
        load[before] += isRight[before] ? 1 : -1
      } else {
        load[at] += isRight[at] ? -1 : 1
      }
      at = before
    }
    excess[source] -= 1
    excess[target] += 1
  }

  private mutating func use(_ arc: Int) {
    arcs.state[arc] = .used
    link(arc)
  }

  private func link(_ arc: Int) {
    let right = leftCount + Int(arcs.column[arc])
    let first = firstUse[right]
    arcs.next[arc] = first
    arcs.previous[arc] = -1
    if first >= 0 { arcs.previous[Int(first)] = Int32(arc) }
    firstUse[right] = Int32(arc)
  }

  /// - Parameter releasing: whether the two ends' excess changes with it.
  private mutating func unuse(_ arc: Int, releasing: Bool) {
    arcs.state[arc] = .free
    let right = leftCount + Int(arcs.column[arc])
    let (next, previous) = (arcs.next[arc], arcs.previous[arc])
    if previous >= 0 { arcs.next[Int(previous)] = next } else { firstUse[right] = next }
    if next >= 0 { arcs.previous[Int(next)] = previous }
    if releasing {
      excess[Int(arcs.row[arc])] += 1
      excess[right] -= 1
    }
  }

  // MARK: The search

  /// Dijkstra's search over the slacks until the nearest node that lacks a unit;
  /// then lowers the potentials of what is nearer. The hub always takes a unit.
  private mutating func search(from source: Int) -> Int {
    stamp += 1
    heap.removeAll()
    var front = Front(limit: .max / 2, target: -1, now: 0, ready: 1, settled: 0)
    ready[0] = Int32(source)
    seen[source] = stamp
    distance[source] = 0
    while true {
      let node: Int
      if front.ready > 0 {
        front.ready -= 1
        node = Int(ready[front.ready])
      } else if let top = heap.first, distance[top] < front.limit {
        heap.removeFirst(distance)
        node = top
      } else {
        break
      }
      settled[front.settled] = Int32(node)
      front.settled += 1
      front.now = distance[node]
      if node < leftCount {
        expandLeft(node, source, &front)
      } else if node < leftCount + rightCount {
        expandRight(node, source, &front)
      } else {
        expandRule(node, source, &front)
      }
    }
    for at in 0..<front.settled {
      let node = Int(settled[at])
      if distance[node] < front.limit { potential[node] &+= distance[node] &- front.limit }
    }
    return front.target
  }

  private struct Front {
    /// The distance of the nearest target yet.
    var limit: Int64
    var target: Int
    /// The distance of the node that is being expanded.
    var now: Int64
    var ready: Int
    var settled: Int
  }

  @inline(__always)
  private mutating func reach(
    _ node: Int, _ length: Int64, from before: Int, by arc: Int, _ source: Int,
    _ front: inout Front
  ) {
    guard length < front.limit else { return }
    let isNew = seen[node] != stamp
    guard isNew || length < distance[node] else { return }
    distance[node] = length
    cameFrom[node] = Int32(before)
    cameBy[node] = Int32(arc)
    seen[node] = stamp
    if excess[node] < 0 || node == hub {
      if node != source {
        front.limit = length
        front.target = node
      }
    } else if !isNew {
      heap.raise(node, distance)
    } else if length == front.now {
      ready[front.ready] = Int32(node)
      front.ready += 1
    } else {
      heap.insert(node, distance)
    }
  }

  @inline(__always)
  private mutating func expandLeft(_ node: Int, _ source: Int, _ front: inout Front) {
    let base = front.now &+ potential[node]
    if load[node] > 0 {
      let above = Int(parent[node])
      reach(
        above, base &+ lastGain(node) &- potential[above], from: node, by: -1, source, &front)
    }
    let others = potential + leftCount
    for arc in Int(rowStart[node])..<Int(rowStart[node + 1]) {
      let column = Int(arcs.column[arc])
      let length = base &- arcs.weight[arc] &- others[column]
      if length < front.limit, arcs.state[arc] == .free {
        reach(leftCount + column, length, from: node, by: arc, source, &front)
      }
    }
  }

  @inline(__always)
  private mutating func expandRight(_ node: Int, _ source: Int, _ front: inout Front) {
    let base = front.now &+ potential[node]
    if load[node] < maximum[node] {
      let above = Int(parent[node])
      reach(
        above, base &- nextGain(node) &- potential[above], from: node, by: -1, source, &front)
    }
    var arc = Int(firstUse[node])
    while arc >= 0 {
      let row = Int(arcs.row[arc])
      reach(row, base &+ arcs.weight[arc] &- potential[row], from: node, by: arc, source, &front)
      arc = Int(arcs.next[arc])
    }
  }

  private mutating func expandRule(_ node: Int, _ source: Int, _ front: inout Front) {
    let base = front.now &+ potential[node]
    if node != hub {
      let above = Int(parent[node])
      if isRight[node] {
        if load[node] < maximum[node] {
          reach(
            above, base &- nextGain(node) &- potential[above], from: node, by: -1, source, &front)
        }
      } else if load[node] > 0 {
        reach(
          above, base &+ lastGain(node) &- potential[above], from: node, by: -1, source, &front)
      }
    }
    for at in Int(childStart[node])..<Int(childStart[node + 1]) {
      let child = Int(children[at])
      if isRight[child] {
        if load[child] > 0 {
          reach(
            child, base &+ lastGain(child) &- potential[child], from: node, by: -1, source, &front)
        }
      } else if load[child] < maximum[child] {
        reach(
          child, base &- nextGain(child) &- potential[child], from: node, by: -1, source, &front)
      }
    }
  }
}
