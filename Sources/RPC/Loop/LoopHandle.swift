import CUV
import Foundation

/// A libuv handle with its memory.
///
/// Its lifetime: `init` leaves one retained reference in the handle's data pointer, so the
/// object lives while libuv may call back. `close` is the only way to `uv_close`, runs it
/// once, and its callback, which libuv promises to be the handle's last, takes that
/// reference back and frees the memory. Nothing touches the memory once `isClosing`.
class LoopHandle: @unchecked Sendable {
  // Touched on its loop only.
  let loop: EventLoop
  let handle: UnsafeMutablePointer<uv_handle_t>
  private(set) var isClosing = false

  /// Makes a handle; on the loop only.
  ///
  /// - Parameter begin: libuv's function that initialises the memory of that kind.
  /// - Throws: `LoopError` when the loop has been stopped, or the system refuses.
  init(
    on loop: EventLoop, _ kind: uv_handle_type, _ begin: (UnsafeMutableRawPointer) -> Int32
  ) throws(LoopError) {
    guard loop.isOpen else { throw LoopError(.stopped, "the event loop has been stopped") }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: uv_handle_size(kind), alignment: 16)
    let code = begin(memory)
    guard code == 0 else {
      // A handle that was never begun is not closed.
      memory.deallocate()
      throw LoopError(code, "no socket can be made")
    }
    self.loop = loop
    handle = memory.assumingMemoryBound(to: uv_handle_t.self)
    handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
  }

  /// The handle as what it is.
  func pointer<Handle>(as kind: Handle.Type) -> UnsafeMutablePointer<Handle> {
    UnsafeMutableRawPointer(handle).assumingMemoryBound(to: kind)
  }

  /// Closes at once.
  func abort() { close() }

  final func close() {
    guard !isClosing else { return }
    isClosing = true
    uv_close(handle) { handle in
      guard let handle, let data = handle.pointee.data else { return }
      let this = Unmanaged<LoopHandle>.fromOpaque(data).takeRetainedValue()
      this.loop.woke()
      this.didClose()
      UnsafeMutableRawPointer(handle).deallocate()
    }
  }

  /// The last that happens.
  func didClose() {}

  /// The object of a handle that libuv calls back with, in a new round if it is the first.
  static func called<Handle>(_ handle: UnsafeMutablePointer<Handle>?) -> LoopHandle? {
    let object = of(handle)
    object?.loop.woke()
    return object
  }

  /// The object of a handle.
  static func of<Handle>(_ handle: UnsafeMutablePointer<Handle>?) -> LoopHandle? {
    // Every libuv handle begins with its data pointer.
    guard let handle else { return nil }
    let raw = UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)
    return raw.pointee.data.map { Unmanaged<LoopHandle>.fromOpaque($0).takeUnretainedValue() }
  }
}
