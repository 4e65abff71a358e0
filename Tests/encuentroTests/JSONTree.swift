/// JSON of any form, to read and change it by paths.
enum JSONTree: Codable, Equatable {
  case null
  case flag(Bool)
  case whole(Int)
  case number(Double)
  case text(String)
  case list([JSONTree])
  case object([String: JSONTree])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let whole = try? container.decode(Int.self) {
      self = .whole(whole)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([JSONTree].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: JSONTree].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .flag(let flag): try container.encode(flag)
    case .whole(let whole): try container.encode(whole)
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    case .list(let list): try container.encode(list)
    case .object(let object): try container.encode(object)
    }
  }

  /// The elements of a list; empty for anything else.
  var elements: [JSONTree] {
    get { if case .list(let list) = self { list } else { [] } }
    set { self = .list(newValue) }
  }

  /// A member of an object; `.null` when it is not there, which setting removes.
  subscript(key: String) -> JSONTree {
    get { if case .object(let object) = self { object[key] ?? .null } else { .null } }
    set {
      guard case .object(var object) = self else { return }
      object[key] = newValue == .null ? nil : newValue
      self = .object(object)
    }
  }

  subscript(index: Int) -> JSONTree {
    get { elements[index] }
    set { elements[index] = newValue }
  }

  /// The names of an object's members.
  var keys: Set<String> {
    if case .object(let object) = self { Set(object.keys) } else { [] }
  }
}
