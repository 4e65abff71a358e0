/// Which page of a list is asked for: two fields of every request that lists.
package struct PageRequest: Hashable, Sendable {
  /// 1 to 1000; 0 for 100.
  package var size: Int
  /// What the last page gave; empty for the first. See `PageToken`.
  package var token: String

  package init(size: Int = 0, token: String = "") {
    self.size = size
    self.token = token
  }

  /// How many elements to give.
  package var limit: Int { size == 0 ? 100 : size }

  init(size: Int32, token: Read.Text?) throws(WireError) {
    self.size = try Read.number(size, "page_size", in: 0...WireLimits.top)
    self.token = try Read.text(token, "page_token")
  }

  /// The two fields.
  func fields(_ arena: Arena) -> (size: Int32, token: Arena.Text) {
    (Int32(clamping: size), arena.text(token))
  }
}
