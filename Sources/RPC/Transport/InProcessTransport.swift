/// One end of a pair of transports within the process, on one loop: what one writes,
/// the other receives, in the loop's next round.
final class InProcessTransport: ByteTransport, @unchecked Sendable {
  // Touched on its loop only.
  private let loop: any Loop
  /// The other end, until this one is closed.
  private var peerEnd: InProcessTransport?
  private var inbox: [UInt8] = []
  private var isReading = false
  private var isClosed = false
  private var closesWhenRead = false
  private var isDelivering = false
  var handler: (any ByteTransportHandler)?

  private init(on loop: any Loop) { self.loop = loop }

  /// Two ends that talk to each other.
  static func pair(on loop: any Loop) -> (InProcessTransport, InProcessTransport) {
    let (a, b) = (InProcessTransport(on: loop), InProcessTransport(on: loop))
    (a.peerEnd, b.peerEnd) = (b, a)
    return (a, b)
  }

  var peer: String { "in-process" }

  var queuedBytes: Int { peerEnd?.inbox.count ?? 0 }

  func write(_ bytes: UnsafeRawBufferPointer) {
    guard !isClosed, let peerEnd, !bytes.isEmpty else { return }
    peerEnd.inbox += bytes
    peerEnd.deliverLater()
  }

  func start() { resumeReading() }

  func pauseReading() { isReading = false }

  func resumeReading() {
    isReading = true
    deliverLater()
  }

  private func deliverLater() {
    guard isReading, !isDelivering, !isClosed else { return }
    isDelivering = true
    loop.execute { self.deliver() }
  }

  private func deliver() {
    isDelivering = false
    guard isReading, !isClosed else { return }
    if !inbox.isEmpty {
      let bytes = inbox
      inbox = []
      bytes.withUnsafeBytes { handler?.received($0) }
      peerEnd?.handler?.drained()
    }
    if closesWhenRead, inbox.isEmpty { end() }
  }

  func closeAfterWriting() {
    guard !isClosed else { return }
    peerEnd?.closesWhenRead = true
    peerEnd?.deliverLater()
    end()
  }

  func abort() {
    guard !isClosed else { return }
    let peerEnd = peerEnd
    end()
    peerEnd?.inbox = []
    if let peerEnd { loop.execute { peerEnd.end() } }
  }

  private func end() {
    guard !isClosed else { return }
    isClosed = true
    peerEnd = nil
    let handler = handler
    self.handler = nil
    loop.execute { handler?.closed(reason: nil) }
  }
}

extension Server {
  /// A channel to this server within the process, through the same frames and machines
  /// as over a network.
  package func inProcessChannel(on loop: any Loop, limits: Limits = Limits()) -> any Channel {
    ConnectionChannel(on: loop, limits: limits, agent: agent) { () throws(RPCError) in
      await withCheckedContinuation { continuation in
        loop.execute {
          let (client, server) = InProcessTransport.pair(on: loop)
          self.accept(server, on: loop)
          continuation.resume(returning: client)
        }
      }
    }
  }
}
