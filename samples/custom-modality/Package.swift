// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "custom-modality",
  dependencies: [.package(name: "iic", path: "../..")],
  targets: [
    .executableTarget(
      name: "sensors",
      dependencies: [
        .product(name: "Archive", package: "iic"),
        .product(name: "Files", package: "iic"),
        .product(name: "IICCommands", package: "iic"),
        .product(name: "IICCore", package: "iic"),
        .product(name: "Manifest", package: "iic"),
        .product(name: "Reading", package: "iic"),
        .product(name: "Torch", package: "iic"),
      ]),
    .testTarget(
      name: "sensorsTests",
      dependencies: ["sensors", .product(name: "IICTesting", package: "iic")]),
  ],
  cxxLanguageStandard: .cxx20
)
