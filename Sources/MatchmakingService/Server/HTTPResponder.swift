import Foundation
import RPC

/// As much of HTTP/1.1 (RFC 9112) as a scraper needs: GET of one path, one answer a
/// connection.
final class HTTPResponder: ByteTransportHandler, @unchecked Sendable {
  // Touched on its transport's loop only, which calls every method of the handler.
  private var request: [UInt8] = []
  private var isAnswered = false
  private let transport: any ByteTransport
  private let path: String
  private let body: @Sendable () -> String

  /// A longer request is none that a scraper sends.
  private static let longestRequest = 16 << 10

  /// Answers a connection; it is closed afterwards, or after a few seconds without a
  /// request.
  static func serve(
    _ transport: any ByteTransport, on loop: any Loop, path: String,
    body: @escaping @Sendable () -> String
  ) {
    let responder = HTTPResponder(transport, path: path, body: body)
    transport.handler = responder
    transport.start()
    _ = loop.schedule(after: .seconds(5)) { transport.abort() }
  }

  private init(
    _ transport: any ByteTransport, path: String, body: @escaping @Sendable () -> String
  ) {
    self.transport = transport
    self.path = path
    self.body = body
  }

  func received(_ bytes: UnsafeRawBufferPointer) {
    guard !isAnswered else { return }
    request += bytes
    let text = String(decoding: request, as: UTF8.self)
    guard text.contains("\r\n\r\n") || text.contains("\n\n") else {
      if request.count > Self.longestRequest { answer("431 Request Header Fields Too Large", "") }
      return
    }
    let words = text.prefix { $0 != "\r\n" && $0 != "\n" }.split(separator: " ")
    guard words.count == 3, words[2].hasPrefix("HTTP/1") else {
      return answer("400 Bad Request", "not HTTP\n")
    }
    guard words[0] == "GET" else { return answer("405 Method Not Allowed", "only GET\n") }
    guard words[1].prefix(while: { $0 != "?" }) == path else {
      return answer("404 Not Found", "the metrics are at \(path)\n")
    }
    answer("200 OK", body())
  }

  func drained() {}
  func closed(reason: String?) {}

  private func answer(_ status: String, _ body: String) {
    isAnswered = true
    let type = "text/plain; version=0.0.4; charset=utf-8"
    let response = """
      HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r
      Connection: close\r\n\r\n\(body)
      """
    Array(response.utf8).withUnsafeBytes(transport.write)
    transport.closeAfterWriting()
  }
}
