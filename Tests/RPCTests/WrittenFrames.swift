@testable import RPC

extension OutputBuffer {
  /// The frames that were written, which leaves nothing behind.
  func takeFrames() throws -> [Frame] {
    var frames: [Frame] = []
    var decoder = FrameDecoder(limit: 4 << 20)
    var bytes: [UInt8] = []
    withBytes { bytes = Array($0) }
    removeAll()
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(ProtocolViolation) in
        try decoder.decode(bytes) { (frame) throws(ProtocolViolation) in frames.append(frame) }
      }
    }
    try result.get()
    return frames
  }
}
