/// What is wrong with JSON that could not be decoded, for whoever wrote the file.
package struct DecodingReason: CustomStringConvertible {
  package let description: String

  package init(_ error: any Error) {
    func name(_ path: [any CodingKey]) -> String {
      path.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        .trimmingPrefix(".").description
    }
    description =
      switch error {
      case DecodingError.keyNotFound(let key, let context):
        "the key '\(name(context.codingPath + [key]))' is missing"
      case DecodingError.typeMismatch(_, let context) where context.codingPath.isEmpty:
        "not an object"
      case DecodingError.typeMismatch(_, let context),
        DecodingError.valueNotFound(_, let context):
        "the value of '\(name(context.codingPath))' has the wrong type"
      case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
        "the value of '\(name(context.codingPath))' cannot be used"
      default: "not valid JSON, or a number in it does not fit"
      }
  }
}
