import Foundation
@testable import Matching
@main struct B { static func main() throws {
 let a = CommandLine.arguments
 let n = Int(a[2])!
 let s = SyntheticScores(SyntheticScores.Kind(rawValue: a[1])!, count: n)
 let p = CohortProblem(left: (0..<n).map{CohortParticipant(id:"l\($0)")}, right: (0..<n).map{CohortParticipant(id:"r\($0)")})
 let clock = ContinuousClock(); let t0 = clock.now
 let c = try IndexedCohort(p)
 let tree = BoundTree(c)
 let w = Weighing(.total, cohort: c, crosses: false)
 nonisolated(unsafe) var last = t0
 let run = CohortRun(deadline: nil, isCancelled: {false}, progress: { print($0.phase, clock.now - last); last = clock.now })
 print("start", clock.now - t0)
 var o = try PairingOracle(c, w, tree, ScoreRows(s, c), run, order: Array(0..<n))
 print(o.solve(), clock.now - last)
 let t = clock.now - t0
 let pairs = o.pairs(); let d = o.duals()
 var line = [Int32](repeating: 0, count: n); var total = 0
 for q in pairs { s.fill(row: q.left, into: &line); total += Int(line[q.right]) }
 print(t, pairs.count, total, o.bound(d) / (w.pairUnit), clock.now - t0)
}}
