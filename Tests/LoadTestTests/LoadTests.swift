import Foundation
import Synchronization
import TestSupport
import Testing

@testable import LoadTest

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Load tests")
struct LoadTests {
  @Test("a mix is read, or it is said what would be right")
  func mix() throws {
    #expect(try Mix("suggest=70,get=30").text == "suggest=70,get=30")
    for (text, part) in [
      ("", "suggest=70"), ("sugest=1", "there are suggest"), ("get", "no weight"),
      ("get=0", "no weight"), ("get=nan", "no weight"), ("get=1,get=2", "twice"),
    ] {
      #expect(performing: { _ = try Mix(text) }, throws: { "\($0)".contains(part) })
    }
    var chance = SplitMix(state: 1)
    let mix = try Mix("suggest=75,get=25")
    let share = (0..<4000).count { _ in mix.choose(&chance) == .get }
    #expect((900...1100).contains(share))
  }

  private func plan(rate: Double, seconds: Double, outstanding: Int = 10_000) throws -> LoadPlan {
    var plan = LoadPlan(
      rate: rate, connections: 2, duration: .seconds(seconds), warmUp: .zero, mix: try Mix("get=1"))
    plan.mostOutstanding = outstanding
    return plan
  }

  @Test("a stall is charged to every call that was due in it")
  func coordinatedOmission() async throws {
    let start = ContinuousClock.now
    let report = await LoadRun(try plan(rate: 500, seconds: 1)) { _, _, _ in
      // Nobody is answered between 0.3 s and 0.6 s.
      let elapsed = ContinuousClock.now - start
      if elapsed > .milliseconds(300), elapsed < .milliseconds(600) {
        try? await Task.sleep(until: start + .milliseconds(600), clock: .continuous)
      }
      return nil
    }.run { _, _ in }
    #expect(report.answered == 500)
    #expect(report.isClean)
    // Three tenths of all calls had to wait, 150 ms on the average.
    #expect(report.latency.p90 > 100_000)
    #expect(report.latency.max > 250_000)
  }

  @Test("errors are counted by code, and what is too much is not sent")
  func errors() async throws {
    let report = await LoadRun(try plan(rate: 1000, seconds: 0.2)) { _, _, chance in
      chance % 2 == 0 ? "NOT_FOUND" : nil
    }.run { _, _ in }
    #expect((report.errors["NOT_FOUND"] ?? 0) + report.answered == 200)
    #expect(!report.isClean)
    let gate = AsyncStream.makeStream(of: Void.self)
    let held = await LoadRun(try plan(rate: 1000, seconds: 0.2, outstanding: 5)) { _, _, _ in
      try? await Task.sleep(for: .milliseconds(300))
      return nil
    }.run { _, _ in }
    gate.continuation.finish()
    #expect(held.errors["NOT_SENT"] == 195)
    #expect(held.answered == 5)
  }

  @Test("a ramp goes up in ten steps")
  func ramp() throws {
    var plan = try plan(rate: 100, seconds: 10)
    plan.ramps = true
    #expect(plan.steps.map(\.rate) == (1...10).map { Double($0) * 10 })
    #expect(plan.steps.allSatisfy { $0.duration == .seconds(1) })
  }

  @Test("the picture is well-formed, and so is the JSON")
  func picture() async throws {
    var report = await LoadRun(try plan(rate: 1000, seconds: 0.1)) { _, _, _ in nil }
      .run { _, _ in }
    report.mix = "<&\">"
    let parser = XMLParser(data: Data(LatencyPlot.svg(report).utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    let again = try JSONDecoder().decode(
      LoadReport.self, from: JSONEncoder().encode(report))
    #expect(again == report)
    // Nothing answered is a picture too.
    let empty = LoadReport(try plan(rate: 1, seconds: 1), [])
    #expect(XMLParser(data: Data(LatencyPlot.svg(empty).utf8)).parse())
  }
}
