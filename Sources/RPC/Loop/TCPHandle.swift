import CUV
import Foundation

/// A libuv TCP handle with its memory. libuv holds one reference to it, from `init` to
/// the callback of `uv_close`.
class TCPHandle: @unchecked Sendable {
  // Touched on its loop only.
  let loop: EventLoop
  let tcp: UnsafeMutablePointer<uv_tcp_t>
  private(set) var isClosing = false

  init(on loop: EventLoop, family: Int32 = AF_UNSPEC) throws(LoopError) {
    self.loop = loop
    tcp = .allocate(capacity: 1)
    let code = uv_tcp_init_ex(loop.uv, tcp, UInt32(family))
    guard code == 0 else {
      // A handle that was never begun is not closed.
      tcp.deallocate()
      throw LoopError(code, "no socket can be made")
    }
    tcp.pointee.data = Unmanaged.passRetained(self).toOpaque()
  }

  var stream: UnsafeMutablePointer<uv_stream_t> {
    UnsafeMutableRawPointer(tcp).assumingMemoryBound(to: uv_stream_t.self)
  }

  var handle: UnsafeMutablePointer<uv_handle_t> {
    UnsafeMutableRawPointer(tcp).assumingMemoryBound(to: uv_handle_t.self)
  }

  /// Closes at once.
  func abort() { close() }

  final func close() {
    guard !isClosing else { return }
    isClosing = true
    uv_close(handle) { handle in
      guard let data = handle?.pointee.data else { return }
      let this = Unmanaged<TCPHandle>.fromOpaque(data).takeRetainedValue()
      this.didClose()
      this.tcp.deallocate()
    }
  }

  func didClose() {}

  /// The object of a handle that libuv calls back with.
  static func of<Handle>(_ handle: UnsafeMutablePointer<Handle>?) -> TCPHandle? {
    // Every libuv handle begins with its data pointer.
    guard let handle else { return nil }
    let raw = UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)
    return raw.pointee.data.map { Unmanaged<TCPHandle>.fromOpaque($0).takeUnretainedValue() }
  }
}
