// swift-tools-version: 6.2

import PackageDescription

/// What every Swift target is compiled with; the loop at the end applies it.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "Encuentro",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "encuentro", targets: ["encuentro"]),
    .library(name: "Programme", targets: ["Programme"]),
    .library(name: "Classification", targets: ["Classification"]),
  ],
  targets: [
    // Who may import whom: docs/architecture.md, checked by dev/check-imports.
    .target(name: "CVectorKernels", cSettings: [.unsafeFlags(["-O3"])]),
    .target(name: "Programme", resources: [.copy("Resources")]),
    .target(
      name: "Classification", dependencies: ["Programme", "CVectorKernels"],
      resources: [.copy("Resources")]),
    .target(name: "Matching", dependencies: ["Programme", "CVectorKernels"]),
    .target(name: "Results", dependencies: ["Programme", "Matching"]),
    .target(
      name: "Report", dependencies: ["Results", "Matching", "Programme"],
      resources: [
        .embedInCode("Resources/dossier.css"), .embedInCode("Resources/dossier.js"),
        .embedInCode("Resources/coastline.txt"),
      ]),
    .systemLibrary(
      name: "CUV", pkgConfig: "libuv", providers: [.apt(["libuv1-dev"]), .brew(["libuv"])]),
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
    .target(name: "EncuentroProtos", linkerSettings: [.linkedLibrary("protobuf-c")]),
    .target(name: "CHeap"),
    .target(name: "CProtobufPacking", cSettings: [.unsafeFlags(["-O3"])]),
    .target(name: "Measurement"),
    .target(
      name: "RPC", dependencies: ["CUV", "CProtobufPacking", "EncuentroProtos"],
      // The tests run with the checks.
      swiftSettings: [
        .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
      ]),
    .target(
      name: "EncuentroWire",
      dependencies: ["Programme", "Results", "CProtobufPacking", "EncuentroProtos"]),
    .target(name: "Storage", dependencies: ["Programme", "CSQLite"]),
    .target(
      name: "EncuentroClient", dependencies: ["RPC", "EncuentroWire", "Results", "Programme"]),
    .target(
      name: "MatchmakingService",
      dependencies: [
        "RPC", "EncuentroWire", "Storage", "Measurement", "Results", "Matching", "Classification",
        "Programme",
      ]),
    .target(
      name: "LoadTest",
      dependencies: [
        "EncuentroClient", "EncuentroWire", "Measurement", "RPC", "Results", "Programme",
      ]),
    .executableTarget(
      name: "encuentro",
      dependencies: [
        "MatchmakingService", "EncuentroClient", "EncuentroWire", "LoadTest", "Report", "Storage",
        "Results", "RPC", "Programme", "CHeap",
      ]),

    // What `make bench` runs.
    .target(name: "CPeak", path: "Benchmarks/CPeak", cSettings: [.unsafeFlags(["-O3"])]),
    .target(name: "BenchSupport", path: "Benchmarks/BenchSupport"),
    .executableTarget(
      name: "ClassificationBench",
      dependencies: ["BenchSupport", "Classification", "CPeak", "CVectorKernels"],
      path: "Benchmarks/ClassificationBench"),
    .executableTarget(
      name: "MatchingBench",
      dependencies: ["BenchSupport", "CPeak", "CVectorKernels", "Matching", "Programme"],
      path: "Benchmarks/MatchingBench"),
    .executableTarget(
      name: "CohortBench", dependencies: ["Matching", "CPeak", "CVectorKernels"],
      path: "Benchmarks/CohortBench"),
    .executableTarget(
      name: "RPCBench", dependencies: ["RPC", "CHeap", "CProtobufPacking", "EncuentroProtos"],
      path: "Benchmarks/RPCBench"),

    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(name: "CVectorKernelsTests", dependencies: ["CVectorKernels", "TestSupport"]),
    .testTarget(name: "MatchingTests", dependencies: ["Matching", "TestSupport"]),
    .testTarget(name: "RPCTests", dependencies: ["RPC", "EncuentroProtos", "TestSupport"]),
    .testTarget(name: "MeasurementTests", dependencies: ["Measurement", "TestSupport"]),
    .testTarget(
      name: "StorageTests", dependencies: ["Storage", "CSQLite", "Programme", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "EncuentroWireTests",
      dependencies: [
        "EncuentroWire", "CProtobufPacking", "EncuentroProtos", "Programme", "Results",
        "TestSupport",
      ]),
    .testTarget(
      name: "ReportTests",
      dependencies: ["Report", "Results", "Matching", "Programme", "TestSupport"]),
    .testTarget(name: "LoadTestTests", dependencies: ["LoadTest", "Measurement", "TestSupport"]),
    .testTarget(name: "ProgrammeTests", dependencies: ["Programme", "TestSupport"]),
    .testTarget(
      name: "ClassificationTests",
      dependencies: ["Classification", "CVectorKernels", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "MatchmakingServiceTests",
      dependencies: ["Classification", "MatchmakingService", "TestSupport"]),
    .testTarget(
      name: "encuentroTests",
      dependencies: ["encuentro", "MatchmakingService", "Programme", "TestSupport"]),
  ],
  cLanguageStandard: .gnu11
)

// What `make fuzz` builds: each needs the fuzzer's own main function, so that they are
// no part of the package otherwise.
if Context.environment["FUZZ"] != nil {
  package.targets += [
    .executableTarget(
      name: "FuzzFrames", dependencies: ["RPC"], path: "Tests/Fuzz/FuzzFrames",
      swiftSettings: [.unsafeFlags(["-parse-as-library"])]),
    .executableTarget(
      name: "FuzzMessages", dependencies: ["EncuentroWire"], path: "Tests/Fuzz/FuzzMessages",
      swiftSettings: [.unsafeFlags(["-parse-as-library"])]),
  ]
}

// What `make threads` builds: the compiler crashes over another target when the thread
// sanitizer is on.
if Context.environment["RUNTIME_ONLY"] != nil {
  let runtime: Set = [
    "CUV", "CProtobufPacking", "EncuentroProtos", "RPC", "TestSupport", "RPCTests",
  ]
  package.products.removeAll()
  package.targets.removeAll { !runtime.contains($0.name) }
  for target in package.targets where target.name == "RPC" {
    target.swiftSettings = [.define("CHECK_THREADS")]
  }
}

let targetsInC: Set = [
  "CVectorKernels", "CPeak", "CHeap", "CProtobufPacking", "EncuentroProtos", "CUV", "CSQLite",
]
for target in package.targets where !targetsInC.contains(target.name) {
  target.swiftSettings = (target.swiftSettings ?? []) + settings
}
