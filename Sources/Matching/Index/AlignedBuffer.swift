/// Values in memory that begins at a cache line, for the C kernels.
///
/// Written while an index is built, which nobody else sees yet, and only read
/// afterwards; that is why it may be shared.
final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>
  let count: Int

  init(repeating value: Element, count: Int) {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count) * MemoryLayout<Element>.stride, alignment: 64)
    base = memory.bindMemory(to: Element.self, capacity: max(1, count))
    base.initialize(repeating: value, count: count)
    self.count = count
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "outside the buffer")
      return base[index]
    }
    set {
      precondition(index >= 0 && index < count, "outside the buffer")
      base[index] = newValue
    }
  }
}
