/// Repeated passes over the same work, timed one by one.
///
/// The fastest pass is the figure to compare: on a shared machine other work
/// only ever adds time. The median tells how much.
struct Passes: Codable {
  var count: Int
  var fastest: Double
  var median: Double

  /// Runs `pass` at least `count` times and for at least `seconds` in all, after
  /// one pass that is not timed.
  init(count: Int = 5, seconds: Double = 3, _ pass: () throws -> Void) rethrows {
    try pass()
    var times: [Double] = []
    var total = 0.0
    let clock = ContinuousClock()
    while times.count < count || total < seconds {
      let time = try clock.measure(pass) / .seconds(1)
      times.append(time)
      total += time
    }
    times.sort()
    self.count = times.count
    fastest = times[0]
    median = times[times.count / 2]
  }
}
