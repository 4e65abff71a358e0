/// A binary heap of nodes by a distance kept elsewhere, that knows where each is.
struct NodeHeap {
  private let nodes: UnsafeMutablePointer<Int32>
  private let place: UnsafeMutablePointer<Int32>
  private var count = 0

  init(capacity: Int) {
    nodes = .allocate(capacity: capacity)
    place = .allocate(capacity: capacity)
  }

  func deallocate() {
    nodes.deallocate()
    place.deallocate()
  }

  var first: Int? { count > 0 ? Int(nodes[0]) : nil }

  mutating func removeAll() { count = 0 }

  @inline(__always)
  mutating func insert(_ node: Int, _ distance: UnsafeMutablePointer<Int64>) {
    count += 1
    rise(node, from: count - 1, distance)
  }

  /// After the node's distance became less.
  @inline(__always)
  mutating func raise(_ node: Int, _ distance: UnsafeMutablePointer<Int64>) {
    rise(node, from: Int(place[node]), distance)
  }

  private mutating func rise(
    _ node: Int, from start: Int, _ distance: UnsafeMutablePointer<Int64>
  ) {
    var at = start
    let key = distance[node]
    while at > 0 {
      let above = (at - 1) / 2
      let other = nodes[above]
      if distance[Int(other)] <= key { break }
      nodes[at] = other
      place[Int(other)] = Int32(at)
      at = above
    }
    nodes[at] = Int32(node)
    place[node] = Int32(at)
  }

  mutating func removeFirst(_ distance: UnsafeMutablePointer<Int64>) {
    count -= 1
    guard count > 0 else { return }
    let node = nodes[count]
    let key = distance[Int(node)]
    var at = 0
    while true {
      var below = 2 * at + 1
      if below >= count { break }
      if below + 1 < count,
        distance[Int(nodes[below + 1])] < distance[Int(nodes[below])]
      {
        below += 1
      }
      let other = nodes[below]
      if distance[Int(other)] >= key { break }
      nodes[at] = other
      place[Int(other)] = Int32(at)
      at = below
    }
    nodes[at] = node
    place[Int(node)] = Int32(at)
  }
}
