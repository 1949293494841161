import Testing

@testable import IICCore

@Suite struct ItemPreviewTests {
  @Test func bitmapsAreMadeOfSoManyBytesOnly() throws {
    #expect(ItemPreview.Bitmap(width: 2, height: 2, channels: 3, bytes: [1, 2, 3]) == nil)
    #expect(ItemPreview.Bitmap(width: 0, height: 2, channels: 3, bytes: []) == nil)
    let grey = try #require(ItemPreview.Bitmap(width: 2, height: 1, channels: 1, bytes: [7, 9]))
    #expect(grey.bytes == [7, 7, 7, 9, 9, 9])
    // Of more channels the first one is shown.
    let many = try #require(ItemPreview.Bitmap(width: 1, height: 2, channels: 4, bytes: [1, 2, 3, 4, 5, 6, 7, 8]))
    #expect(many.bytes == [1, 1, 1, 5, 5, 5])
  }

  @Test func smallerOnesAreMeansOverAreas() throws {
    let bytes: [UInt8] = [0, 10, 20, 30, 40, 50, 60, 70]
    let bitmap = try #require(ItemPreview.Bitmap(width: 4, height: 2, channels: 1, bytes: bytes))
    let half = bitmap.fitted(to: 2)
    #expect(half.width == 2 && half.height == 1 && half.bytes == [25, 25, 25, 45, 45, 45])
    #expect(bitmap.fitted(to: 4) == bitmap)
    let thin = try #require(
      ItemPreview.Bitmap(width: 100, height: 1, channels: 1, bytes: .init(repeating: 3, count: 100)))
    #expect(thin.fitted(to: 10).height == 1)
  }
}
