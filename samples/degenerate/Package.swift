// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "degenerate",
  dependencies: [.package(name: "iic", path: "../..")],
  targets: [
    .executableTarget(
      name: "degenerate",
      dependencies: [
        .product(name: "IICCommands", package: "iic"),
        .product(name: "IICCore", package: "iic"),
        .product(name: "ImageModality", package: "iic"),
        .product(name: "Manifest", package: "iic"),
        .product(name: "Torch", package: "iic"),
      ])
  ],
  cxxLanguageStandard: .cxx20
)
