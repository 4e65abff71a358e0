import RPC

/// What libFuzzer calls with one input after the other.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFrames(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  ConnectionFuzzing.run(UnsafeRawBufferPointer(start: bytes, count: count))
  return 0
}
