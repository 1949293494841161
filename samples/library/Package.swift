// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "library",
  dependencies: [.package(name: "iic", path: "../..")],
  targets: [
    .executableTarget(
      name: "library",
      dependencies: [
        .product(name: "IICCore", package: "iic"), .product(name: "VectorModality", package: "iic"),
      ])
  ],
  cxxLanguageStandard: .cxx20
)
