package import Programme

/// What a committee asks for.
package struct SuggestionRequest: Equatable, Sendable {
  package var name: String
  package var top = 5
  /// Both must belong to this network.
  package var network: Network.ID?
  /// The partner's country.
  package var country: String?
  /// Names of those that are not wanted.
  package var excluded: [String] = []

  package init(name: String) { self.name = name }
}
