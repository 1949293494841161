// swift-tools-version: 6.2
import PackageDescription

// A package of its own: all of it, the library too, is built with libFuzzer's instrumentation. Tests/fuzz.sh does that.
let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "iic", path: "../..")],
  targets: [
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "Archive", "Files", "Manifest", "IICCore", "AudioModality", "ImageModality", "TextModality",
        "VectorModality", "VideoModality",
      ].map { .product(name: $0, package: "iic") })
  ]
)
