import EncuentroProtos
import Foundation

/// What fields of C structures point to when a message is written. Lists come as the
/// pair of count and elements that protoc-c declares:
///
///     (c.n_factors, c.factors) = arena.messages(factors)
extension Arena {
  typealias Text = UnsafeMutablePointer<CChar>

  private func elements<Element>(
    _ type: Element.Type, _ count: Int
  ) -> UnsafeMutablePointer<Element> {
    // A writing arena has no budget, and memory that the machine lacks traps before.
    guard let memory = allocate(count * MemoryLayout<Element>.stride) else {
      preconditionFailure("\(count) elements exceed the address space")
    }
    return memory.bindMemory(to: type, capacity: count)
  }

  /// UTF-8 with a NUL behind it.
  func text(_ string: String) -> Text {
    var string = string
    return string.withUTF8 { utf8 in
      let memory = elements(UInt8.self, utf8.count + 1)
      // A zero in the text would end it for libprotobuf-c.
      if let start = utf8.baseAddress, memchr(start, 0, utf8.count) != nil {
        return text(
          String(
            String.UnicodeScalarView(
              String(decoding: utf8, as: UTF8.self).unicodeScalars.map {
                $0 == "\0" ? "\u{FFFD}" : $0
              })))
      }
      if let start = utf8.baseAddress { memory.initialize(from: start, count: utf8.count) }
      memory[utf8.count] = 0
      return UnsafeMutableRawPointer(memory).assumingMemoryBound(to: CChar.self)
    }
  }

  func texts(_ strings: [String]) -> (Int, UnsafeMutablePointer<Text?>?) {
    list(strings) { text($0) }
  }

  func choices<Choice: RawRepresentable<String>>(
    _ choices: [Choice]
  ) -> (Int, UnsafeMutablePointer<Text?>?) {
    list(choices) { text($0.rawValue) }
  }

  func bytes(_ bytes: [UInt8]) -> ProtobufCBinaryData {
    let memory = elements(UInt8.self, bytes.count)
    memory.initialize(from: bytes, count: bytes.count)
    return ProtobufCBinaryData(len: bytes.count, data: memory)
  }

  /// A message's structure with all that it points to.
  func form<M: Mapped>(of value: M) -> UnsafeMutablePointer<M.Form> {
    let form = elements(M.Form.self, 1)
    M.initialise(form)
    value.fill(&form.pointee, self)
    return form
  }

  func message<M: Mapped>(_ value: M?) -> UnsafeMutablePointer<M.Form>? {
    value.map(form)
  }

  func messages<M: Mapped>(
    _ values: [M]
  ) -> (Int, UnsafeMutablePointer<UnsafeMutablePointer<M.Form>?>?) {
    list(values) { form(of: $0) }
  }

  /// A field alone in a oneof: which case is set, and the value.
  func optional<Case: RawRepresentable<UInt32>>(
    _ value: String?, _ field: Case
  ) -> (Case, Text?) {
    (Self.oneof(field, isSet: value != nil), value.map(text))
  }

  func optional<Case: RawRepresentable<UInt32>>(
    _ value: Double?, _ field: Case
  ) -> (Case, Double) {
    (Self.oneof(field, isSet: value != nil), value ?? 0)
  }

  func optional<Case: RawRepresentable<UInt32>, Number: FixedWidthInteger>(
    _ value: Int?, _ field: Case
  ) -> (Case, Number) {
    (Self.oneof(field, isSet: value != nil), Number(clamping: value ?? 0))
  }

  private static func oneof<Case: RawRepresentable<UInt32>>(_ field: Case, isSet: Bool) -> Case {
    // In every oneof 0 is "not set"; C's enumerations take any number.
    isSet ? field : Case(rawValue: 0) ?? field
  }

  private func list<Source, Element>(
    _ source: [Source], _ element: (Source) -> Element
  ) -> (Int, UnsafeMutablePointer<Element?>?) {
    if source.isEmpty { return (0, nil) }
    let memory = elements(Element?.self, source.count)
    for index in source.indices { (memory + index).initialize(to: element(source[index])) }
    return (source.count, memory)
  }
}
