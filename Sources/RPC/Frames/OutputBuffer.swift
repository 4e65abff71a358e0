/// Bytes that wait to be sent, in memory that is used again.
final class OutputBuffer {
  private var memory = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 16)
  private var capacity = 4096
  private(set) var count = 0

  /// More memory than this is given back when the buffer is emptied.
  private static let kept = 256 << 10

  deinit { memory.deallocate() }

  var isEmpty: Bool { count == 0 }

  /// Appends bytes that `body` writes, as many as it says and at most `room`.
  ///
  /// - Returns: how many.
  /// - Complexity: O(room), amortised.
  func append(room: Int, _ body: (UnsafeMutableRawPointer) -> Int) -> Int {
    if count + room > capacity { grow(to: count + room) }
    let added = body(memory + count)
    precondition(0...room ~= added, "no more than there is room for")
    count += added
    return added
  }

  /// The bytes, valid during the call.
  func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
    body(UnsafeRawBufferPointer(start: memory, count: count))
  }

  func removeAll() {
    count = 0
    if capacity > Self.kept { resize(to: 4096) }
  }

  private func grow(to needed: Int) { resize(to: max(needed, 2 * capacity)) }

  private func resize(to size: Int) {
    let larger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    larger.copyMemory(from: memory, byteCount: count)
    memory.deallocate()
    (memory, capacity) = (larger, size)
  }
}
