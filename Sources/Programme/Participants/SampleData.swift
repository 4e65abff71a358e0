/// The participants shipped with the program: those of the bulletin's pairings,
/// with plans written for the purpose.
public enum SampleData {
  /// The files they are read from, in order.
  static let files = ["participants-cities.jsonl", "participants-regions.jsonl"]

  /// All participants of the bulletin's pairings: the cities, then the regions.
  ///
  /// - Complexity: O(size of the files), some milliseconds; nothing is kept.
  public static func participants() throws(ProgrammeError) -> [Participant] {
    var participants: [Participant] = []
    for file in files {
      participants += try Participant.decode(jsonl: Resource.data(file), source: file)
    }
    return participants
  }
}
