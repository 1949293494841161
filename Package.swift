// swift-tools-version: 6.2
import Foundation
import PackageDescription

// libtorch's place is decided here and nowhere else. Sources/setup.sh fills the default one.
let cache = variable("XDG_CACHE_HOME") ?? (variable("HOME") ?? "") + "/.cache"
let libtorch = absolute(variable("LIBTORCH") ?? cache + "/iic/libtorch-2.15.0")

/// A variable of the environment; an empty one counts as unset.
func variable(_ name: String) -> String? {
  ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
}

/// A path from the root on; a relative one begins at this package. The program finds libtorch by it from any folder.
func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : Context.packageDirectory + "/" + path }

let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "iic",
  products: [
    .executable(name: "iic", targets: ["iic"]),
    .library(name: "Archive", targets: ["Archive"]),
    .library(name: "Files", targets: ["Files"]),
    .library(name: "Manifest", targets: ["Manifest"]),
    .library(name: "Reading", targets: ["Reading"]),
    .library(name: "IICCore", targets: ["IICCore"]),
    .library(name: "IICCommands", targets: ["IICCommands"]),
    .library(name: "IICReport", targets: ["IICReport"]),
    .library(name: "IICTesting", targets: ["IICTesting"]),
    .library(name: "Imaging", targets: ["Imaging"]),
    .library(name: "Media", targets: ["Media"]),
    .library(name: "ImageModality", targets: ["ImageModality"]),
    .library(name: "AudioModality", targets: ["AudioModality"]),
    .library(name: "VectorModality", targets: ["VectorModality"]),
    .library(name: "TextModality", targets: ["TextModality"]),
    .library(name: "VideoModality", targets: ["VideoModality"]),
    .library(name: "SegmentationModality", targets: ["SegmentationModality"]),
    .library(name: "Torch", targets: ["Torch"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .target(
      name: "CTorch",
      cxxSettings: [
        .unsafeFlags([
          "-isystem", "\(libtorch)/include",
          "-isystem", "\(libtorch)/include/torch/csrc/api/include",
        ])
      ],
      linkerSettings: [
        .unsafeFlags(["-L\(libtorch)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(libtorch)/lib"]),
        .linkedLibrary("torch_cpu"),
        .linkedLibrary("c10"),
      ]),
    .target(name: "Torch", dependencies: ["CTorch"], swiftSettings: swiftSettings),
    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Archive", dependencies: ["CArchive", "CZlib"], swiftSettings: swiftSettings),
    .target(name: "Files", dependencies: ["CCrypto", "CZlib"], swiftSettings: swiftSettings),
    .target(name: "Manifest", dependencies: ["Files", "Yams"], swiftSettings: swiftSettings),
    .target(name: "Reading", dependencies: ["Archive", "Files", "Manifest"], swiftSettings: swiftSettings),
    .target(
      name: "IICCore", dependencies: ["Torch", "Archive", "Files", "Manifest", "Reading"],
      swiftSettings: swiftSettings),
    .target(
      name: "IICReport", dependencies: ["IICCore", "Torch", "Files"],
      resources: ["html", "css", "js"].map { .embedInCode("Page/page.\($0)") }, swiftSettings: swiftSettings),
    .target(
      name: "CMedia",
      linkerSettings: ["avformat", "avcodec", "avutil", "swscale", "swresample", "png", "turbojpeg", "tiff"].map {
        .linkedLibrary($0)
      }),
    .target(name: "Media", dependencies: ["CMedia"], swiftSettings: swiftSettings),
    .target(
      name: "Imaging", dependencies: ["IICCore", "Torch", "Archive", "Files", "Manifest"],
      swiftSettings: swiftSettings),
    .target(
      name: "ImageModality",
      dependencies: ["IICCore", "Imaging", "Media", "Torch", "Archive", "Files", "Manifest", "Reading"],
      path: "Plugins/Image",
      swiftSettings: swiftSettings),
    .target(
      name: "IICTesting", dependencies: ["IICCore", "Torch", "Files", "Manifest"], swiftSettings: swiftSettings),
    .target(
      name: "AudioModality",
      dependencies: ["IICCore", "Media", "Torch", "Archive", "Files", "Manifest", "Reading"], path: "Plugins/Audio",
      swiftSettings: swiftSettings),
    .target(
      name: "VectorModality", dependencies: ["IICCore", "Torch", "Archive", "Files", "Manifest", "Reading"],
      path: "Plugins/Vector",
      swiftSettings: swiftSettings),
    .target(
      name: "TextModality", dependencies: ["IICCore", "Torch", "Archive", "Files", "Manifest", "Reading"],
      path: "Plugins/Text",
      swiftSettings: swiftSettings),
    .target(
      name: "VideoModality",
      dependencies: ["IICCore", "Imaging", "Media", "Torch", "Archive", "Files", "Manifest", "Reading"],
      path: "Plugins/Video",
      swiftSettings: swiftSettings),
    .target(
      name: "SegmentationModality",
      dependencies: ["IICCore", "Imaging", "Media", "Torch", "Archive", "Files", "Manifest", "Reading"],
      path: "Plugins/Segmentation",
      swiftSettings: swiftSettings),
    .target(
      name: "IICCommands",
      dependencies: [
        "IICCore", "IICReport", "Imaging", "Torch", "Archive", "Files", "Manifest",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "iic",
      dependencies: [
        "IICCommands", "ImageModality", "AudioModality", "TextModality", "VectorModality", "VideoModality",
        "SegmentationModality", "Media",
      ],
      swiftSettings: swiftSettings),
    // The sample, so that a test can run it; for who copies it, it is a package of its own.
    .executableTarget(
      name: "library-sample", dependencies: ["IICCore", "VectorModality"], path: "samples/library/Sources/library"),
    .testTarget(
      name: "IICReportTests", dependencies: ["IICReport", "IICCore", "Torch"], path: "Tests/IICReport",
      swiftSettings: swiftSettings),
    .testTarget(
      name: "TorchTests", dependencies: ["Torch"], path: "Tests/Torch",
      swiftSettings: swiftSettings),
    .testTarget(
      name: "MediaTests", dependencies: ["Media"], path: "Tests/Media", resources: [.copy("Fixtures")],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ArchiveTests", dependencies: ["Archive"], path: "Tests/Archive",
      resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
    .target(name: "TestSupport", path: "Tests/Support", swiftSettings: swiftSettings),
    .testTarget(
      name: "FilesTests", dependencies: ["Files", "TestSupport"], path: "Tests/Files",
      resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
    .testTarget(
      name: "ManifestTests", dependencies: ["Manifest", "Torch"], path: "Tests/Manifest",
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ReadingTests", dependencies: ["Reading", "Archive", "Files", "Manifest"], path: "Tests/Reading",
      swiftSettings: swiftSettings),
    .testTarget(
      name: "IICCoreTests",
      dependencies: ["IICCore", "IICTesting", "TestSupport", "Torch", "Archive", "Files", "Manifest", "Reading"],
      path: "Tests/IICCore",
      resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
    .testTarget(
      name: "ImagingTests", dependencies: ["Imaging", "IICCore", "Torch", "Files", "Manifest", "Reading"],
      path: "Tests/Imaging",
      resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
    .testTarget(
      name: "ImageModalityTests",
      dependencies: ["ImageModality", "IICCore", "Archive", "Torch", "Files", "Manifest", "Reading"],
      path: "Tests/Image", resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
    .testTarget(
      name: "IICTestingTests",
      dependencies: [
        "IICTesting", "IICCore", "ImageModality", "AudioModality", "VideoModality", "Torch", "Files", "Manifest",
        "Reading",
      ],
      path: "Tests/IICTesting", swiftSettings: swiftSettings),
    .testTarget(
      name: "AudioModalityTests",
      dependencies: ["AudioModality", "IICCore", "Torch", "Media", "Files", "Manifest", "Reading"],
      path: "Tests/Audio", resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
    .testTarget(
      name: "VectorModalityTests",
      dependencies: [
        "VectorModality", "IICTesting", "IICCore", "Torch", "Archive", "Files", "Manifest", "Reading",
      ],
      path: "Tests/Vector", swiftSettings: swiftSettings),
    .testTarget(
      name: "TextModalityTests",
      dependencies: ["TextModality", "IICTesting", "IICCore", "Torch", "Archive", "Files", "Manifest", "Reading"],
      path: "Tests/Text", resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
    .testTarget(
      name: "VideoModalityTests",
      dependencies: ["VideoModality", "IICTesting", "IICCore", "Torch", "Archive", "Files", "Manifest", "Reading"],
      path: "Tests/Video", resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
    .testTarget(
      name: "SegmentationModalityTests",
      dependencies: [
        "SegmentationModality", "IICTesting", "IICCore", "Imaging", "Archive", "Torch", "Files", "Manifest",
        "Reading",
      ],
      path: "Tests/Segmentation", resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "iic", "library-sample", "IICCommands", "IICCore", "Media", "Torch", "Files", "Manifest", "Reading",
      ],
      path: "Tests/iic",
      swiftSettings: swiftSettings),
  ],
  cxxLanguageStandard: .cxx20
)
