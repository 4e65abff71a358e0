import CUV
import Foundation

/// "127.0.0.1:7431", "[::1]:7431", "localhost:7431".
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
  /// A name or an address, without brackets.
  package var host: String
  package var port: UInt16

  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// - Returns: nil for what is no HOST:PORT.
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty else { return nil }
    self.init(host: host, port: port)
  }

  /// - Throws: `LoopError` that shows how an address is written.
  package init(parsing text: String) throws(LoopError) {
    guard let address = SocketAddress(text) else {
      throw LoopError(
        .notAnAddress,
        "'\(text)' is no address; write HOST:PORT, as in 127.0.0.1:7431 or [::1]:7431")
    }
    self = address
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// The addresses of the host, in the system's order. Blocks while a name is asked for.
  ///
  /// - Throws: `LoopError` for a name that nobody knows.
  func resolved() throws(LoopError) -> [sockaddr_storage] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &list)
    guard code == 0 else {
      throw LoopError(
        .notAnAddress, "\(host) is not known: \(String(cString: gai_strerror(code)))")
    }
    defer { freeaddrinfo(list) }
    var result: [sockaddr_storage] = []
    var next = list
    while let entry = next?.pointee {
      var storage = sockaddr_storage()
      if let address = entry.ai_addr {
        withUnsafeMutableBytes(of: &storage) {
          $0.copyMemory(
            from: UnsafeRawBufferPointer(
              start: address, count: min(Int(entry.ai_addrlen), $0.count)))
        }
        result.append(storage)
      }
      next = entry.ai_next
    }
    return result
  }

  /// "ipv4:127.0.0.1:7431".
  static func text(_ address: UnsafePointer<sockaddr>) -> String {
    var name = [CChar](repeating: 0, count: 64)
    let raw = UnsafeRawPointer(address)
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      let ip = raw.assumingMemoryBound(to: sockaddr_in.self)
      uv_ip4_name(ip, &name, name.count)
      return "ipv4:\(String(nulTerminated: name)):\(UInt16(bigEndian: ip.pointee.sin_port))"
    case AF_INET6:
      let ip = raw.assumingMemoryBound(to: sockaddr_in6.self)
      uv_ip6_name(ip, &name, name.count)
      return "ipv6:[\(String(nulTerminated: name))]:\(UInt16(bigEndian: ip.pointee.sin6_port))"
    default: return "unknown"
    }
  }
}

extension String {
  fileprivate init(nulTerminated text: [CChar]) {
    self = text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
  }
}

extension sockaddr_storage {
  /// The address as the socket calls take it.
  mutating func withAddress<Result>(_ body: (UnsafeMutablePointer<sockaddr>) -> Result) -> Result {
    withUnsafeMutableBytes(of: &self) { bytes in
      guard let base = bytes.baseAddress else { preconditionFailure("a storage has bytes") }
      return body(base.assumingMemoryBound(to: sockaddr.self))
    }
  }
}
