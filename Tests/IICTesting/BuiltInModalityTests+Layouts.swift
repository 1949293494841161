import Files
import Foundation
import IICCore
import IICTesting

extension BuiltInModalityTests {
  /// Every format of images. Those of archives that are published as they are come from the fixtures of their tests.
  static let pictureLayouts = [
    DataLayout(changes: ["data.images": ["data.images=[more]"], "data.labels": ["data.labels=[]"]]),
    DataLayout(
      ["data={source: $FOLDER/arrays, format: npy, images: [x], labels: [y]}"],
      changes: ["data.images": ["data.images=[more]"], "data.labels": ["data.labels=[]"]]),
    DataLayout(
      ["data={source: $FOLDER/pictures, format: folder, labels: folder, onUndecodable: skip}"],
      changes: ["data.parts": ["data.parts=[a]"]],
      // These do not say how they are turned.
      inert: ["data.orientation"]),
    // An archive of pictures can be read as a folder of them as well; it has no parts.
    DataLayout(
      ["data={source: $FOLDER/shard.tar, format: webdataset, onUndecodable: skip}"],
      inert: ["data.parts", "data.orientation"]),
    DataLayout(["data={source: $FOLDER/cifar-10-binary.tar.gz, format: cifar10}"], changes: parts),
    DataLayout(["data={source: $FOLDER/cifar-100-binary.tar.gz, format: cifar100}"], changes: parts),
    DataLayout(["data={source: $FOLDER/stl10_binary.tar.gz, format: stl10}"], changes: parts),
  ]
  private static let parts = ["data.parts": ["data.parts=[test]"]]

  /// Writes what the layouts name, beside the data.
  static func writePictureLayouts(in folder: URL) throws {
    try idx([12, 16, 16], (0..<(12 * 256)).map { UInt8($0 % 251) }, "more", in: folder)
    try makeFolder(folder.appending(path: "arrays"))
    for (name, first) in [("x", 0), ("more", 5)] {
      var writer = try NPYWriter(
        at: folder.appending(path: "arrays/\(name).npy"), shape: [12, 4, 4], element: .float32)
      let values = (0..<(12 * 16)).map { Float(($0 + first) % 17) / 17 }
      try writer.append(values.withUnsafeBytes { Data($0) })
      try writer.finish()
    }
    try NPYWriter.write((0..<12).map { $0 % 3 }, to: folder.appending(path: "arrays/y.npy"))
    for item in 0..<12 {
      try bmp(item: item, to: folder.appending(path: "pictures/\(item < 6 ? "a" : "b")/\(item % 2)/\(item).bmp"))
      try bmp(item: item, to: folder.appending(path: "shard/\(item + 10).bmp"))
      try Data("\(item % 3)".utf8).write(to: folder.appending(path: "shard/\(item + 10).cls"))
    }
    for place in ["pictures/a/0/12.bmp", "shard/22.bmp"] {
      try bmp(item: 12, to: folder.appending(path: place), length: 60)
    }
    try pack("shard", in: folder)
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    for name in ["cifar-10-binary.tar.gz", "cifar-100-binary.tar.gz", "stl10_binary.tar.gz"] {
      try FileManager.default.copyItem(
        at: tests.appending(path: "Image/Fixtures/\(name)"), to: folder.appending(path: name))
    }
  }
}
