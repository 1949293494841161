import Archive
import Foundation
import IICCore
import Testing

@Suite struct IDXFormatTests {
  let fixture: Fixture

  init() throws {
    fixture = try Fixture()
    try fixture.write([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3] + Array(0..<12), to: "data/one")
    try fixture.write(
      [0, 0, 8, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 1] + Array(20..<26), to: "data/two")
    try fixture.write([0, 0, 8, 1, 0, 0, 0, 2, 7, 5], to: "data/one-labels")
    try fixture.write([0, 0, 8, 1, 0, 0, 0, 1, 3], to: "data/two-labels")
  }

  @Test func joinsFiles() throws {
    let dataset = try fixture.dataset(
      fixture.path("data"), "format: idx, images: [one, two], labels: [one-labels, two-labels]")
    #expect(dataset.description.shape == [2, 3, 1] && dataset.labels == [7, 5, 3])
    #expect(dataset.description.ids == ["one:0", "one:1", "two:0"] && dataset.partTexts == ["one 2", "two 1"])
    #expect(try dataset.bytes(1) == Array(6..<12) && dataset.bytes(2) == Array(20..<26))
  }

  @Test func oneFileHasPlainIdsAndNoParts() throws {
    let dataset = try fixture.dataset(fixture.path("data"), "images: one")
    #expect(dataset.description.ids == ["0", "1"] && dataset.labels == nil && dataset.description.parts.isEmpty)
  }

  @Test func mistakes() throws {
    let path = fixture.path("data")
    #expect(
      fixture.failure(path, "images: one, labels: two-labels")?.contains("found 1 labels; expected 2") == true)
    #expect(fixture.failure(path, "images: one-labels")?.contains("found 1 dimensions; expected images") == true)
    #expect(fixture.failure(path, "images: one, parts: train")?.contains("unknown key") == true)
    #expect(fixture.failure(path, "format: idx")?.contains("data.images: missing") == true)
    #expect(
      fixture.failure(path, "format: jpg, images: one")?.contains("expected one of idx, stl10, cifar10") == true)
  }
}
