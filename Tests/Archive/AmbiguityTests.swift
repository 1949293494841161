import Archive
import Foundation
import Testing

@Suite struct AmbiguityTests {
  /// A block of zeros is the end mark of a tar archive, and also how dark pixels begin.
  @Test func dataThatBeginsWithZerosIsPlain() throws {
    let fixture = try Fixture()
    for rest in [[], [UInt8](repeating: 7, count: 3000)] {
      let bytes = [UInt8](repeating: 0, count: 1024) + rest
      let path = try fixture.file("pixels.bin", bytes)
      #expect(try DataSource(path: path).all() == [Pair(name: "pixels.bin", bytes: bytes)])
      let named = try fixture.file("pixels.tar", bytes)
      #expect(DataSource(path: named).failure() != nil)
    }
    let zeros = try DataSource(path: Fixture.path("zeros.gz")).all()
    #expect(zeros == [Pair(name: "zeros", bytes: [UInt8](repeating: 0, count: 100_000))])
  }

  @Test func theExactNameIsPreferred() throws {
    let fixture = try Fixture()
    _ = try fixture.file("folder/a", [1])
    let packed = try Fixture.bytes("idx/images-idx3-ubyte.gz")
    let path = try fixture.file("folder/a.gz", packed).replacing("/a.gz", with: "")
    let found = try DataSource(path: path).entries(named: ["a", "a.gz"])
    #expect(found["a"] == [1])
    #expect(found["a.gz"]?.count == 40)
    var bytes: [UInt8] = []
    try DataSource(path: path).forEachChunkOnDisk(only: ["a.gz"]) { bytes += $0 }
    #expect(bytes.suffix(packed.count) == packed[...])
  }
}
