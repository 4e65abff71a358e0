import Testing

@testable import Programme

@Suite("CSV")
struct CSVTests {
  @Test(
    "fields are quoted where they must be",
    arguments: [
      ("plain", "plain"), ("", ""), (" a ", " a "), ("a,b", "\"a,b\""),
      ("say \"so\"", "\"say \"\"so\"\"\""), ("\"", "\"\"\"\""), ("a\nb", "\"a\nb\""),
      ("a\r\nb", "\"a\r\nb\""), ("a\rb", "\"a\rb\""), ("a;b", "a;b"), ("Ñuñoa", "Ñuñoa"),
    ])
  func quoting(_ field: String, _ expected: String) {
    #expect(Array(CSV.text([[field]]).unicodeScalars) == Array((expected + "\r\n").unicodeScalars))
  }

  @Test(
    "what a spreadsheet would compute is text, numbers stay numbers",
    arguments: [
      ("=1+1", "'=1+1"), ("+A1", "'+A1"), ("-A1", "'-A1"), ("@SUM(A1)", "'@SUM(A1)"),
      ("\tx", "'\tx"), ("=\"a,b\"", "\"'=\"\"a,b\"\"\""), ("-1.5", "-1.5"), ("+2", "+2"),
      ("\r=1", "\"'\r=1\""), ("\r\n=1", "\"'\r\n=1\""),
      // The sign with an accent is one character and still the sign for a spreadsheet.
      ("=\u{301}1", "'=\u{301}1"), ("a=1", "a=1"), ("-", "'-"),
    ])
  func formulas(_ field: String, _ expected: String) {
    #expect(Array(CSV.text([[field]]).unicodeScalars) == Array((expected + "\r\n").unicodeScalars))
  }

  @Test("every row ends with CR LF")
  func rows() {
    #expect(CSV.text([["a", "b"], ["", ""]]) == "a,b\r\n,\r\n")
    #expect(CSV.text([]).isEmpty)
  }
}
