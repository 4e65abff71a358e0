import EncuentroWire

/// What libFuzzer calls with one input after the other.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMessages(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  MessageFuzzing.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}
