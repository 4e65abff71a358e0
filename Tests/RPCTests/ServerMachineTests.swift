import Testing

@testable import RPC

@Suite("A server's connection")
struct ServerMachineTests {
  private static let start = ContinuousClock.now

  /// A machine that has said and heard Hello.
  private final class Fixture {
    var machine: ServerMachine
    let output = OutputBuffer()
    var limits = Limits()

    init(_ change: (inout Limits) -> Void = { _ in }, hello: Frame.Hello? = Frame.Hello()) throws {
      change(&limits)
      machine = ServerMachine(limits, now: start)
      if let hello { try receive(0, .hello(hello)) }
    }

    func receive(
      _ stream: UInt32, _ body: Frame.Body, after time: Duration = .zero
    ) throws {
      try machine.received(Frame(stream: stream, body: body), now: start + time, output)
    }

    func open(_ stream: UInt32, whole: Bool = false, timeout: UInt64 = 0) throws {
      try receive(
        stream,
        .open(Frame.Open(method: "m", timeout: timeout, payload: [1], halfClose: whole)))
    }

    func send(_ payload: [UInt8], on stream: UInt32) -> Bool {
      machine.send(payload, on: stream, output)
    }

    func close(_ stream: UInt32, _ close: Frame.Close) -> Bool {
      machine.close(stream, close, output)
    }

    func events() -> [ServerMachine.Event] { machine.takeEvents() }

    /// The frames written since the last question.
    func written() throws -> [Frame] { try output.takeFrames() }

    func codes() throws -> [UInt32] {
      try written().compactMap { if case .close(let close) = $0.body { close.code } else { nil } }
    }
  }

  @Test("frames that a client may not send end the connection")
  func violations() throws {
    let cases: [(String, Frame.GoAway.Reason, (Fixture) throws -> Void)] = [
      ("a second Hello", .protocolError, { try $0.receive(0, .hello(Frame.Hello())) }),
      ("Open on stream 0", .protocolError, { try $0.open(0) }),
      ("Message on stream 0", .protocolError, { try $0.receive(0, .message([], encoding: 0)) }),
      (
        "Ping on a call", .protocolError,
        {
          try $0.open(1)
          try $0.receive(1, .ping(1))
        }
      ),
      (
        "Close from a client", .protocolError,
        {
          try $0.open(1)
          try $0.receive(1, .close(Frame.Close(code: 0)))
        }
      ),
      (
        "an old number", .protocolError,
        {
          try $0.open(5)
          try $0.open(5)
        }
      ),
      ("an unknown call", .protocolError, { try $0.receive(9, .message([1], encoding: 0)) }),
      ("cancel of an unknown call", .protocolError, { try $0.receive(9, .cancel) }),
      (
        "Message after half-close", .protocolError,
        {
          try $0.open(1, whole: true)
          try $0.receive(1, .message([1], encoding: 0))
        }
      ),
      (
        "a second half-close", .protocolError,
        {
          try $0.open(1, whole: true)
          try $0.receive(1, .halfClose)
        }
      ),
      ("credit of 0", .flowControlError, { try $0.receive(0, .credit(0)) }),
      (
        "credit of 0 for a call", .flowControlError,
        {
          try $0.open(1)
          try $0.receive(1, .credit(0))
        }
      ),
      (
        "credit beyond the maximum", .flowControlError,
        {
          try $0.receive(0, .credit(UInt32(Int32.max)))
        }
      ),
      (
        "too many pings", .enhanceYourCalm,
        { fixture in
          for number in 0...100 { try fixture.receive(0, .ping(UInt64(number))) }
        }
      ),
    ]
    for (name, reason, body) in cases {
      let fixture = try Fixture()
      #expect("\(name)") {
        try body(fixture)
      } throws: {
        ($0 as? ProtocolViolation)?.reason == reason
      }
    }
  }

  @Test("the first frame is a Hello of version 1")
  func hello() throws {
    let other = try Fixture(hello: nil)
    #expect(throws: ProtocolViolation.self) { try other.receive(0, .ping(1)) }
    let newer = try Fixture(hello: nil)
    #expect(
      performing: { try newer.receive(0, .hello(Frame.Hello(version: 99))) },
      throws: { ($0 as? ProtocolViolation)?.reason == .unsupportedVersion })
  }

  @Test("a whole unary call")
  func unary() throws {
    let fixture = try Fixture()
    try fixture.open(1, whole: true)
    guard case .opened(1, let open, deadline: nil)? = fixture.events().first else {
      Issue.record("no call was opened")
      return
    }
    #expect(open.payload == [1])
    #expect(fixture.close(1, Frame.Close(code: 0, payload: [2])))
    fixture.machine.handlerEnded(1, now: Self.start)
    #expect(
      try fixture.written() == [
        Frame(stream: 1, body: .close(Frame.Close(code: 0, payload: [2])))
      ])
    #expect(fixture.machine.openStreams == 0)
    // What has crossed the Close is nobody's mistake.
    try fixture.receive(1, .message([1], encoding: 0))
    try fixture.receive(1, .cancel)
    #expect(fixture.events().isEmpty)
  }

  @Test("the deadline and the caller stop a call at once, its handler later")
  func stopping() throws {
    let fixture = try Fixture()
    try fixture.open(1, timeout: 1000)
    try fixture.open(2)
    _ = fixture.events()
    #expect(fixture.machine.nextTick <= Self.start + .milliseconds(1))
    fixture.machine.tick(now: Self.start + .milliseconds(2), fixture.output)
    try fixture.receive(2, .cancel)
    #expect(
      fixture.events() == [.stopped(1, .deadlineExceeded), .stopped(2, .cancelled)])
    #expect(try fixture.codes() == [4, 1])
    #expect(fixture.machine.openStreams == 2)
    #expect(fixture.send([1], on: 1))
    #expect(fixture.close(1, Frame.Close(code: 0)))
    #expect(try fixture.written().isEmpty)
    fixture.machine.handlerEnded(1, now: Self.start)
    fixture.machine.handlerEnded(2, now: Self.start)
    #expect(fixture.machine.openStreams == 0)
  }

  @Test("too many calls and too much metadata are refused, and the connection goes on")
  func limits() throws {
    let fixture = try Fixture { $0.streams = 2 }
    for stream in 1...3 { try fixture.open(UInt32(stream)) }
    #expect(try fixture.codes() == [8])
    fixture.machine.handlerEnded(1, now: Self.start)
    try fixture.open(4)
    #expect(try fixture.codes() == [])
    fixture.machine.handlerEnded(2, now: Self.start)
    func open(_ metadata: Metadata) -> Frame.Body {
      .open(Frame.Open(method: "m", metadata: metadata))
    }
    let entry = Metadata.Entry(key: "k", value: [])
    try fixture.receive(5, open(Metadata(Array(repeating: entry, count: 65))))
    try fixture.receive(
      6, open(Metadata([.init(key: "k", value: Array(repeating: 65, count: 17_000))])))
    try fixture.receive(7, open(Metadata([.init(key: "Capital", value: [])])))
    try fixture.receive(8, open(Metadata([.init(key: "text", value: [0xFF])])))
    try fixture.receive(9, open(Metadata([.init(key: "any-bin", value: [0xFF])])))
    #expect(try fixture.codes() == [8, 8, 3, 3])
  }

  @Test("a message waits for credit, and goes in turn")
  func credit() throws {
    let fixture = try Fixture(hello: Frame.Hello(streamCredit: 10, connectionCredit: 15))
    try fixture.open(1)
    try fixture.open(2)
    _ = fixture.events()
    let ten = [UInt8](repeating: 1, count: 10)
    #expect(fixture.send(ten, on: 1))
    #expect(!fixture.send([1], on: 1))
    // The connection has 5 left, and may go below 0 by one message.
    #expect(fixture.send(ten, on: 2))
    #expect(try fixture.written().count == 2)
    try fixture.receive(1, .credit(10))
    #expect(fixture.events() == [.sendable(1)])
    #expect(!fixture.send([1], on: 1))
    // No credit is needed for what has no bytes.
    #expect(fixture.send([], on: 1))
    try fixture.receive(0, .credit(20))
    #expect(fixture.events() == [.sendable(1)])
    #expect(fixture.send([1], on: 1))
  }

  @Test("who sends without credit is cut off, and who takes gets it back")
  func overrun() throws {
    let fixture = try Fixture {
      $0.streamCredit = 10
      $0.connectionCredit = 100
    }
    try fixture.open(1)
    try fixture.receive(1, .message(Array(repeating: 0, count: 20), encoding: 0))
    #expect(
      performing: { try fixture.receive(1, .message([0], encoding: 0)) },
      throws: { ($0 as? ProtocolViolation)?.reason == .flowControlError })
    fixture.machine.took(21, of: 1, fixture.output)
    #expect(try fixture.written() == [Frame(stream: 1, body: .credit(21))])
    try fixture.receive(1, .message([0], encoding: 0))
  }

  @Test("clocks")
  func clocks() throws {
    func ended(_ fixture: Fixture, after time: Duration) -> Frame.GoAway.Reason? {
      fixture.machine.tick(now: Self.start + time, fixture.output)
      for case .ended(let goAway?) in fixture.events() { return goAway.reason }
      return nil
    }
    let silent = try Fixture(hello: nil)
    #expect(ended(silent, after: .seconds(9)) == nil)
    #expect(ended(silent, after: .seconds(10)) == .timeout)

    let half = try Fixture()
    half.machine.receivedBytes(isWithinFrame: true, now: Self.start)
    #expect(ended(half, after: .seconds(29)) == nil)
    half.machine.receivedBytes(isWithinFrame: true, now: Self.start + .seconds(29))
    #expect(ended(half, after: .seconds(30)) == .timeout)

    let dead = try Fixture()
    #expect(ended(dead, after: .seconds(30)) == nil)
    #expect(try dead.written().contains { if case .ping = $0.body { true } else { false } })
    #expect(ended(dead, after: .seconds(51)) == .timeout)

    let idle = try Fixture { $0.keepAliveTime = .seconds(1000) }
    #expect(ended(idle, after: .seconds(299)) == nil)
    #expect(ended(idle, after: .seconds(300)) == .shutdown)
  }

  @Test("draining lets calls end, refuses new ones, then ends")
  func drain() throws {
    let fixture = try Fixture()
    try fixture.open(3)
    fixture.machine.drain(fixture.output)
    try fixture.open(4)
    let frames = try fixture.written()
    #expect(frames.count == 2)
    guard case .goAway(let goAway)? = frames.first?.body else {
      Issue.record("no GoAway")
      return
    }
    #expect(goAway.lastStream == 3)
    #expect(!fixture.machine.hasEnded)
    #expect(fixture.close(3, Frame.Close(code: 0)))
    fixture.machine.handlerEnded(3, now: Self.start)
    #expect(fixture.machine.hasEnded)
  }
}
