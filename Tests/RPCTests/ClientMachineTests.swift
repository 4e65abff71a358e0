import Testing

@testable import RPC

@Suite("A client's connection")
struct ClientMachineTests {
  private static let start = ContinuousClock.now

  private final class Fixture {
    var machine: ClientMachine
    let output = OutputBuffer()

    init(
      _ change: (inout Limits) -> Void = { _ in },
      hello: Frame.Hello? = Frame.Hello(streams: 2, streamCredit: 10, connectionCredit: 15)
    ) throws {
      var limits = Limits()
      change(&limits)
      machine = ClientMachine(limits, now: start)
      if let hello {
        try receive(0, .hello(hello))
        #expect(events() == [.ready])
      }
    }

    func receive(_ stream: UInt32, _ body: Frame.Body, after time: Duration = .zero) throws {
      try machine.received(Frame(stream: stream, body: body), now: start + time, output)
    }

    func open(_ payload: [UInt8]? = nil, whole: Bool = false) -> UInt32 {
      machine.open(
        Frame.Open(method: "m", payload: payload, halfClose: whole), now: start, output)
    }

    func send(_ count: Int, on stream: UInt32) -> Bool {
      machine.send(Array(repeating: 7, count: count), on: stream, output)
    }

    func events() -> [ClientMachine.Event] { machine.takeEvents() }

    /// The frames written since the last question.
    func written() throws -> [Frame] { try output.takeFrames() }
  }

  @Test("frames that a server may not send end the connection")
  func violations() throws {
    let cases: [(String, Frame.GoAway.Reason, (Fixture) throws -> Void)] = [
      ("a second Hello", .protocolError, { try $0.receive(0, .hello(Frame.Hello())) }),
      ("Close on stream 0", .protocolError, { try $0.receive(0, .close(Frame.Close(code: 0))) }),
      (
        "a call never opened", .protocolError,
        { try $0.receive(1, .message([1], encoding: 0)) }
      ),
      (
        "Open from a server", .protocolError,
        {
          _ = $0.open()
          try $0.receive(1, .open(Frame.Open(method: "m")))
        }
      ),
      (
        "an unknown encoding", .protocolError,
        {
          _ = $0.open()
          try $0.receive(1, .message([1], encoding: 9))
        }
      ),
      (
        "a credit of nothing", .flowControlError,
        {
          _ = $0.open()
          try $0.receive(1, .credit(0))
        }
      ),
      (
        "a message beyond the call's credit", .flowControlError,
        {
          _ = $0.open()
          try $0.receive(1, .message(Array(repeating: 1, count: 200), encoding: 0))
          try $0.receive(1, .message([1], encoding: 0))
        }
      ),
    ]
    for (name, reason, act) in cases {
      let fixture = try Fixture({ $0.streamCredit = 100 })
      do {
        try act(fixture)
        Issue.record("\(name) is taken")
      } catch let violation as ProtocolViolation {
        #expect(violation.reason == reason, "\(name)")
        fixture.machine.fail(violation, fixture.output)
        #expect(fixture.machine.hasEnded)
      }
    }
  }

  @Test("nothing but Hello or GoAway comes first, and of a known version")
  func greeting() throws {
    let early = try Fixture(hello: nil)
    #expect(throws: ProtocolViolation.self) { try early.receive(0, .ping(1)) }
    let future = try Fixture(hello: nil)
    #expect(throws: ProtocolViolation.self) {
      try future.receive(0, .hello(Frame.Hello(version: 2)))
    }
    let full = try Fixture(hello: nil)
    let goAway = Frame.GoAway(reason: .enhanceYourCalm, message: "full", lastStream: 0)
    try full.receive(0, .goAway(goAway))
    #expect(full.events() == [.goingAway(goAway), .ended(goAway)])
  }

  @Test("no more calls are opened than the server has room for")
  func room() throws {
    let fixture = try Fixture()
    #expect(fixture.open() == 1)
    #expect(fixture.open() == 2)
    #expect(!fixture.machine.canOpen)
    try fixture.receive(1, .close(Frame.Close(code: 5, message: "no")))
    #expect(fixture.events() == [.closed(1, Frame.Close(code: 5, message: "no")), .mayOpen])
    #expect(fixture.machine.canOpen)
    #expect(fixture.open() == 3)
  }

  @Test("what is sent stays within the credit of the call and of the connection")
  func credit() throws {
    let fixture = try Fixture()
    let (one, other) = (fixture.open(), fixture.open())
    // A message may use up more than is left, but needs something left.
    #expect(fixture.send(9, on: one))
    #expect(fixture.send(5, on: one))
    #expect(!fixture.send(1, on: one))
    #expect(fixture.send(1, on: other))
    // Nothing is left of the connection's 15.
    #expect(!fixture.send(1, on: other))
    #expect(!fixture.machine.canOpen)
    _ = try fixture.written()
    try fixture.receive(0, .credit(10))
    #expect(fixture.events() == [.sendable(other), .mayOpen])
    #expect(fixture.send(1, on: other))
    #expect(!fixture.send(1, on: one))
    try fixture.receive(one, .credit(10))
    #expect(fixture.events() == [.sendable(one)])
    #expect(fixture.send(1, on: one))
    let sent = try fixture.written()
    #expect(sent.map(\.stream) == [other, one])
  }

  @Test("half of a window is granted again, of calls that were given up as well")
  func grants() throws {
    let fixture = try Fixture({ ($0.streamCredit, $0.connectionCredit) = (10, 20) })
    let call = fixture.open()
    _ = try fixture.written()
    try fixture.receive(call, .message([1, 2, 3, 4, 5, 6], encoding: 0))
    #expect(try fixture.written().isEmpty, "nobody has taken it")
    fixture.machine.took(6, of: call, fixture.output)
    #expect(try fixture.written() == [Frame(stream: call, body: .credit(6))])
    fixture.machine.cancel(call, fixture.output)
    try fixture.receive(call, .message([1, 2, 3, 4, 5, 6], encoding: 0))
    #expect(
      try fixture.written()
        == [Frame(stream: call, body: .cancel), Frame(stream: 0, body: .credit(12))])
    #expect(
      fixture.events() == [.message(call, [1, 2, 3, 4, 5, 6]), .mayOpen])
  }

  @Test("after GoAway no call is opened, and the last one ends the connection")
  func drain() throws {
    let fixture = try Fixture()
    let call = fixture.open()
    let goAway = Frame.GoAway(reason: .shutdown, message: "drain", lastStream: call)
    try fixture.receive(0, .goAway(goAway))
    #expect(fixture.events() == [.goingAway(goAway)])
    #expect(!fixture.machine.canOpen)
    #expect(fixture.machine.isClosedToCalls)
    #expect(!fixture.machine.hasEnded)
    try fixture.receive(call, .close(Frame.Close(code: 0, payload: [1])))
    #expect(
      fixture.events() == [
        .closed(call, Frame.Close(code: 0, payload: [1])), .mayOpen, .ended(nil),
      ])
    // What comes now is nobody's.
    try fixture.receive(call, .message([1], encoding: 0))
    #expect(fixture.events().isEmpty)
  }

  @Test("a client that is done says so, and ends with its last call")
  func closing() throws {
    let idle = try Fixture()
    idle.machine.close(idle.output)
    #expect(idle.events() == [.ended(nil)])
    let busy = try Fixture()
    let call = busy.open()
    busy.machine.close(busy.output)
    #expect(busy.events().isEmpty)
    busy.machine.cancel(call, busy.output)
    #expect(busy.events() == [.mayOpen, .ended(nil)])
  }

  @Test("a silent server is asked, and given up")
  func silence() throws {
    let fixture = try Fixture()
    let limits = Limits()
    let asked = Self.start + limits.keepAliveTime
    #expect(fixture.machine.nextTick <= asked)
    fixture.machine.tick(now: asked, fixture.output)
    #expect(try fixture.written() == [Frame(stream: 0, body: .ping(0))])
    fixture.machine.tick(now: asked + limits.keepAliveTimeout, fixture.output)
    #expect(fixture.machine.hasEnded)
    guard case .goAway(let goAway)? = try fixture.written().first?.body else {
      Issue.record("the server is not told")
      return
    }
    #expect(goAway.reason == .timeout)
  }

  @Test("pings are answered, too many are not")
  func pings() throws {
    let fixture = try Fixture()
    for number in 0..<100 { try fixture.receive(0, .ping(UInt64(number))) }
    #expect(try fixture.written().count == 100)
    #expect(throws: ProtocolViolation.self) { try fixture.receive(0, .ping(100)) }
    try fixture.receive(0, .ping(101), after: .seconds(11))
    #expect(try fixture.written() == [Frame(stream: 0, body: .pong(101))])
  }
}
