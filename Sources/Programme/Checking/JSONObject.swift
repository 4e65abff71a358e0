/// An object that may have certain keys only.
struct JSONObject {
  private let place: JSONPlace
  private var members: [String: JSONPlace] = [:]
  /// Keys that an unknown one was probably meant for, which are not reported
  /// as missing on top of that.
  private var misspelt: Set<String> = []

  /// Reports the keys that are not known.
  init?(_ place: JSONPlace, keys: [String]) {
    guard let members = place.members() else { return nil }
    self.place = place
    for (key, member) in members where keys.contains(key) { self.members[key] = member }
    let unused = keys.filter { self.members[$0] == nil }
    for (key, member) in members where !keys.contains(key) {
      let nearest = EditDistance.nearest(to: key, in: unused)
      if let nearest { misspelt.insert(nearest) }
      member.fail(
        "is not a known key",
        nearest.map { "did you mean \"\($0)\"?" }
          ?? "remove it; known are \(keys.joined(separator: ", "))")
    }
  }

  /// The member of that name; reports one that is missing.
  func required(_ key: String) -> JSONPlace? {
    if let member = members[key] { return member }
    if !misspelt.contains(key) {
      JSONPlace(path: place.path + Display.step(key), node: place.node, log: place.log)
        .fail("is missing", "add \"\(key)\"")
    }
    return nil
  }

  /// The member of that name, unless it is missing or null.
  func optional(_ key: String) -> JSONPlace? {
    guard let member = members[key] else { return nil }
    if case .null = member.node.value { return nil }
    return member
  }
}

/// Values that must differ from each other, such as ids.
struct Claims<Value: Hashable> {
  private var first: [Value: (path: String, line: Int)] = [:]
  private let remedy: String

  /// - Parameter remedy: what to do when a value comes a second time.
  init(remedy: String) {
    self.remedy = remedy
  }

  /// All different values so far.
  var values: Set<Value> { Set(first.keys) }

  /// Reports a value that has come before. Gives the value back.
  mutating func claim(_ value: Value?, at place: JSONPlace?) -> Value? {
    guard let value, let place else { return nil }
    if let earlier = first[value] {
      place.fail(
        "is \(Display.quoted("\(value)")), as on line \(earlier.line) (\(earlier.path))", remedy)
    } else {
      first[value] = (place.path, place.node.line)
    }
    return value
  }
}
