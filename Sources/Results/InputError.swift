/// Input that cannot be used; the description names the file, the line and the
/// remedy.
package struct InputError: Error, CustomStringConvertible {
  package var description: String

  package init(description: String) { self.description = description }
}
