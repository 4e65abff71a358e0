/// A participant's plan: what it is about, in the participant's own words.
public struct Plan: Codable, Hashable, Sendable {
  /// The language it is written in (ISO 639, "es").
  public var language: String
  public var title: String
  /// Whether the text was written for the sample and is no official document.
  public var illustrative: Bool
  public var sections: [Section]

  public init(language: String, title: String, illustrative: Bool = false, sections: [Section]) {
    self.language = language
    self.title = title
    self.illustrative = illustrative
    self.sections = sections
  }

  /// What a section says about the participant.
  public enum Role: String, CaseIterable, Codable, Hashable, Sendable {
    case context, challenge, offers, seeks, actions
  }

  /// A part of the plan.
  public struct Section: Codable, Hashable, Sendable {
    public var heading: String?
    public var role: Role
    public var text: String

    public init(heading: String? = nil, role: Role, text: String) {
      self.heading = heading
      self.role = role
      self.text = text
    }
  }

  /// The whole plan as one text: the title, then each section with its heading,
  /// with an empty line between paragraphs.
  ///
  /// - Complexity: O(n).
  public var text: String {
    let paragraphs = sections.flatMap { [$0.heading, $0.text].compactMap(\.self) }
    return ([title] + paragraphs).joined(separator: "\n\n")
  }

  /// The texts of the sections of one role, in order.
  public func texts(of role: Role) -> [String] {
    sections.filter { $0.role == role }.map(\.text)
  }

  /// The number of words in the sections' texts.
  ///
  /// - Complexity: O(n).
  public var wordCount: Int {
    sections.reduce(0) { $0 + $1.text.split(whereSeparator: \.isWhitespace).count }
  }
}
