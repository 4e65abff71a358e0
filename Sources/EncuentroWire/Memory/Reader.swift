import EncuentroProtos
import Programme
import Results

/// Reads fields of unpacked C structures, and refuses what the contract does not allow.
/// Each takes the field's name as the contract has it, for the error.
enum Read {
  typealias Text = UnsafeMutablePointer<CChar>
  typealias List<Element> = UnsafeMutablePointer<UnsafeMutablePointer<Element>?>

  // MARK: Texts

  /// UTF-8 without U+0000; an absent text is an empty one.
  static func text(_ text: Text?, _ field: @autoclosure () -> String) throws(WireError) -> String {
    guard let text else { return "" }
    let bytes = Arena.bytes(ofText: text)
    guard let string = String(validating: bytes, as: UTF8.self) else {
      throw .invalid(field: field(), reason: "is not UTF-8")
    }
    guard !string.utf8.contains(0) else {
      throw .invalid(field: field(), reason: "holds U+0000; leave it out")
    }
    return string
  }

  static func texts(
    _ count: Int, _ texts: UnsafeMutablePointer<Text?>?, _ field: String, limit: Int
  ) throws(WireError) -> [String] {
    try list(count, texts, field, limit: limit) { (element, index) throws(WireError) in
      try text(element, "\(field)[\(index)]")
    }
  }

  /// A text alone in a oneof.
  static func optional<Case: RawRepresentable<UInt32>>(
    _ isSet: Case, _ value: Text?, _ field: String
  ) throws(WireError) -> String? {
    isSet.rawValue == 0 ? nil : try text(value, field)
  }

  // MARK: Choices

  /// One of an enumeration's names.
  static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ value: Text?, _ field: @autoclosure () -> String, as type: Choice.Type = Choice.self
  ) throws(WireError) -> Choice {
    let name = try text(value, field())
    guard let choice = Choice(rawValue: name) else {
      let names = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw .invalid(field: field(), reason: "'\(name.prefix(40))' is none of \(names)")
    }
    return choice
  }

  static func choices<Choice: RawRepresentable<String> & CaseIterable>(
    _ count: Int, _ values: UnsafeMutablePointer<Text?>?, _ field: String, limit: Int
  ) throws(WireError) -> [Choice] {
    try list(count, values, field, limit: limit) { (element, index) throws(WireError) in
      try choice(element, "\(field)[\(index)]")
    }
  }

  /// A choice alone in a oneof.
  static func optionalChoice<
    Case: RawRepresentable<UInt32>, Choice: RawRepresentable<String> & CaseIterable
  >(
    _ isSet: Case, _ value: Text?, _ field: String
  ) throws(WireError) -> Choice? {
    isSet.rawValue == 0 ? nil : try choice(value, field)
  }

  /// One of the numbers of an enumeration of the contract, which also may come as any
  /// other number; `names` has what stands for each.
  static func choice<Number: RawRepresentable<UInt32>, Choice>(
    _ number: Number, _ field: String, of names: [(Number, Choice)]
  ) throws(WireError) -> Choice {
    guard let found = names.first(where: { $0.0.rawValue == number.rawValue }) else {
      let numbers = names.map { "\($0.0.rawValue) (\($0.1))" }.joined(separator: ", ")
      throw .invalid(field: field, reason: "\(number.rawValue) is none of \(numbers)")
    }
    return found.1
  }

  static func network(_ label: Text?, _ field: String) throws(WireError) -> Network.ID {
    let text = try text(label, field)
    guard let id = Network.ID(label: text) else {
      throw .invalid(field: field, reason: "'\(text.prefix(40))' is no network; write \"N3\"")
    }
    return id
  }

  // MARK: Numbers

  /// A whole number of the range; none below 0 unless it says so.
  static func number(
    _ value: some FixedWidthInteger, _ field: String, in range: ClosedRange<Int> = 0...Int.max
  ) throws(WireError) -> Int {
    guard let number = Int(exactly: value), range.contains(number) else {
      let bounds =
        range.upperBound == .max
        ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      throw .invalid(field: field, reason: "is \(value); must be \(bounds)")
    }
    return number
  }

  static func optional<Case: RawRepresentable<UInt32>>(
    _ isSet: Case, _ value: some FixedWidthInteger, _ field: String,
    in range: ClosedRange<Int> = 0...Int.max
  ) throws(WireError) -> Int? {
    isSet.rawValue == 0 ? nil : try number(value, field, in: range)
  }

  /// A number that is finite, and of the range if there is one.
  static func number(
    _ value: Double, _ field: String, in range: ClosedRange<Double>? = nil
  ) throws(WireError) -> Double {
    guard value.isFinite else {
      throw .invalid(field: field, reason: "is \(value); must be a finite number")
    }
    if let range, !range.contains(value) {
      throw .invalid(
        field: field, reason: "is \(value); must be from \(range.lowerBound) to \(range.upperBound)"
      )
    }
    return value
  }

  static func optional<Case: RawRepresentable<UInt32>>(
    _ isSet: Case, _ value: Double, _ field: String, in range: ClosedRange<Double>? = nil
  ) throws(WireError) -> Double? {
    isSet.rawValue == 0 ? nil : try number(value, field, in: range)
  }

  // MARK: Messages

  /// A message that must be there.
  static func message<M: Mapped>(
    _ form: UnsafeMutablePointer<M.Form>?, _ field: @autoclosure () -> String,
    as type: M.Type = M.self
  ) throws(WireError) -> M {
    guard let message = try optional(form, field(), as: type) else {
      throw .invalid(field: field(), reason: "is missing")
    }
    return message
  }

  static func optional<M: Mapped>(
    _ form: UnsafeMutablePointer<M.Form>?, _ field: @autoclosure () -> String,
    as type: M.Type = M.self
  ) throws(WireError) -> M? {
    guard let form else { return nil }
    do {
      return try M(wire: form.pointee)
    } catch {
      throw error.within(field())
    }
  }

  static func messages<M: Mapped>(
    _ count: Int, _ forms: List<M.Form>?, _ field: String, limit: Int, as type: M.Type = M.self
  ) throws(WireError) -> [M] {
    try list(count, forms, field, limit: limit) { (element, index) throws(WireError) in
      try message(element, "\(field)[\(index)]", as: type)
    }
  }

  // MARK: Bytes

  static func bytes(_ data: ProtobufCBinaryData) -> [UInt8] {
    Array(UnsafeBufferPointer(start: data.data, count: data.len))
  }

  private static func list<Element, Value>(
    _ count: Int, _ elements: UnsafeMutablePointer<Element>?, _ field: String, limit: Int,
    _ value: (Element, Int) throws(WireError) -> Value
  ) throws(WireError) -> [Value] {
    guard count > 0, let elements else { return [] }
    guard count <= limit else { throw .tooMany(field: field, limit: limit) }
    var values: [Value] = []
    values.reserveCapacity(count)
    for index in 0..<count { values.append(try value(elements[index], index)) }
    return values
  }
}

/// Who writes, and under which key it happens once: two fields of every request that
/// writes.
extension Authorship {
  /// Whether the key is fit to be kept: 1 to 128 visible ASCII characters.
  private static func isKey(_ key: String) -> Bool {
    (1...WireLimits.idempotencyKey).contains(key.utf8.count)
      && key.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  /// - Parameter needsKey: whether an empty key, "write whatever was written before", is
  ///   refused.
  init(
    actor: Read.Text?, key: Read.Text?, needsKey: Bool = false
  ) throws(WireError) {
    let key = try Read.text(key, "idempotency_key")
    guard key.isEmpty ? !needsKey : Self.isKey(key) else {
      throw .invalid(
        field: "idempotency_key",
        reason: "\(key.isEmpty ? "is missing" : "cannot be kept"); give 1 to "
          + "\(WireLimits.idempotencyKey) visible ASCII characters, new for each write")
    }
    self.init(actor: try Read.text(actor, "actor"), idempotencyKey: key)
  }

  /// The two fields.
  func texts(_ arena: Arena) -> (actor: Arena.Text, key: Arena.Text) {
    (arena.text(actor), arena.text(idempotencyKey))
  }
}
