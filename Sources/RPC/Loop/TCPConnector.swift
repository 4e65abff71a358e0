import CUV
import Foundation

/// Opens TCP connections.
enum TCPConnector {
  /// Connects to the first address of the host that answers.
  ///
  /// - Parameter timeout: for each address.
  /// - Throws: `RPCError` UNAVAILABLE, with what the system says.
  static func connect(
    to address: SocketAddress, on loop: EventLoop, timeout: Duration
  ) async throws(RPCError) -> any ByteTransport {
    var last = RPCError(.unavailable, "\(address.host) has no address")
    let found: [sockaddr_storage]
    do throws(LoopError) {
      found = try await resolve(address)
    } catch {
      throw RPCError(.unavailable, "\(error)")
    }
    for storage in found {
      do {
        return try await connect(to: storage, of: address, on: loop, timeout: timeout)
      } catch { last = error }
    }
    throw last
  }

  /// Asks for a name on a thread that may block, which the threads of tasks may not.
  private static func resolve(
    _ address: SocketAddress
  ) async throws(LoopError) -> [sockaddr_storage] {
    let result: Result<[sockaddr_storage], LoopError> = await withCheckedContinuation {
      continuation in
      DispatchQueue.global().async {
        do throws(LoopError) {
          continuation.resume(returning: .success(try address.resolved()))
        } catch { continuation.resume(returning: .failure(error)) }
      }
    }
    return try result.get()
  }

  private static func connect(
    to storage: sockaddr_storage, of address: SocketAddress, on loop: EventLoop, timeout: Duration
  ) async throws(RPCError) -> any ByteTransport {
    let result: Result<any ByteTransport, RPCError> = await withCheckedContinuation {
      continuation in
      loop.execute {
        do throws(LoopError) {
          let attempt = Attempt(socket: try TCPSocket(on: loop), address: address, continuation)
          attempt.start(storage, timeout: timeout)
        } catch {
          continuation.resume(returning: .failure(RPCError(.unavailable, "\(error)")))
        }
      }
    }
    return try result.get()
  }

  private final class Attempt: @unchecked Sendable {
    // Touched on the socket's loop only. libuv holds one reference to it, until it has
    // called back.
    private let socket: TCPSocket
    private let address: SocketAddress
    private let request = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
    private var continuation: CheckedContinuation<Result<any ByteTransport, RPCError>, Never>?
    private var timer: (any LoopTimer)?
    private var isLate = false

    init(
      socket: TCPSocket, address: SocketAddress,
      _ continuation: CheckedContinuation<Result<any ByteTransport, RPCError>, Never>
    ) {
      self.socket = socket
      self.address = address
      self.continuation = continuation
    }

    deinit { request.deallocate() }

    func start(_ storage: sockaddr_storage, timeout: Duration) {
      var storage = storage
      request.pointee.data = Unmanaged.passRetained(self).toOpaque()
      let code = storage.withAddress { address in
        uv_tcp_connect(request, socket.tcp, address) { request, status in
          guard let data = request?.pointee.data else { return }
          let attempt = Unmanaged<Attempt>.fromOpaque(data).takeRetainedValue()
          attempt.socket.loop.woke()
          attempt.finish(status)
        }
      }
      guard code == 0 else {
        Unmanaged.passUnretained(self).release()
        return finish(code)
      }
      timer = socket.loop.schedule(after: timeout) { [self] in
        isLate = true
        socket.abort()
      }
    }

    private func finish(_ status: Int32) {
      timer?.cancel()
      timer = nil
      guard status == 0 else {
        let why = isLate ? "no answer in time" : String(cString: uv_strerror(status))
        socket.abort()
        continuation?.resume(
          returning: .failure(RPCError(.unavailable, "\(address): \(why)")))
        continuation = nil
        return
      }
      socket.identify()
      continuation?.resume(returning: .success(socket))
      continuation = nil
    }
  }
}
