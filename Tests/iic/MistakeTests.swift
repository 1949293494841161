import Foundation
import Testing

/// A user's mistake ends in one message on standard error, exit code 1 or 64, and nothing lost.
@Suite(.serialized) struct MistakeTests {
  let folder: Workspace

  init() throws { folder = try Workspace() }

  private func expect(
    _ message: String, _ arguments: String..., status: Int32 = 1, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try iic(arguments, in: folder)
    #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.contains { $0.contains(message) }, "\(outcome.errors)", sourceLocation: sourceLocation)
    if status == 1 { #expect(lines.count == 1, "\(outcome.errors)", sourceLocation: sourceLocation) }
  }

  @Test func manifests() throws {
    try expect("nothing.yaml: cannot be read: No such file or directory", "train", "nothing.yaml")
    try expect(
      "--set training.epoch=2: unknown key; allowed: epochs, batch", "train", "iic.yaml", "--set",
      "training.epoch=2")
    try folder.write(Array(Workspace.manifest().replacing("epochs: 2", with: "epochs: many").utf8), to: "bad.yaml")
    try expect(
      "bad.yaml:14: training.epochs: found \"many\"; expected a whole number from 1 to 1000000", "train", "bad.yaml"
    )
    try folder.write(Array(Workspace.manifest().replacing("  size: 8", with: "  sise: 8").utf8), to: "bad.yaml")
    try expect("bad.yaml:8: views.sise: unknown key; allowed: size", "train", "bad.yaml")
    try expect(
      "--set modality=odour: found \"odour\"; expected one of image, audio, text, vector", "train", "iic.yaml",
      "--set",
      "modality=odour")
    try expect(
      "--set encoder.name=resnet: found \"resnet\"; expected one of compact, ClusterNet6c", "train", "iic.yaml",
      "--set", "encoder.name=resnet")
    try expect("found 81; expected a multiple of repeats", "train", "iic.yaml", "--set", "training.batch=81")
    #expect(!folder.exists("runs"))
  }

  @Test func batches() throws {
    try expect(
      "--set training.batch=482: found 482 pairs with 2 repeats, which need 241 items a step; the dataset has 240",
      "train",
      "iic.yaml", "--set", "training.batch=482")
    #expect(!folder.exists("runs"))
  }

  @Test func sources() throws {
    try expect(
      "absent.tar.gz: No such file or directory", "train", "iic.yaml", "--set", "data.source=absent.tar.gz")
    try folder.write([], to: "empty.tar.gz")
    try expect("empty.tar.gz: ", "train", "iic.yaml", "--set", "data.source=empty.tar.gz")
    try expect(
      "data: no entry \"pictures\"; found \"images\", \"labels\"", "train", "iic.yaml", "--set",
      "data.images=pictures")
    try pack("whole.tar.gz")
    let bytes = try [UInt8](Data(contentsOf: folder.url.appending(path: "whole.tar.gz")))
    try folder.write(Array(bytes[..<(bytes.count / 2)]), to: "half.tar.gz")
    try expect("half.tar.gz", "train", "iic.yaml", "--set", "data.source=half.tar.gz")
    #expect(try contents("cache/iic/samples").isEmpty)
    let outcome = try iic("train", "iic.yaml", "--run", "ok", "--set", "data.source=whole.tar.gz", in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func arrays() throws {
    var images = Workspace.images(240)
    images[2] = 9
    try folder.write(images, to: "data/images")
    try expect("data, entry \"images\": ", "train", "iic.yaml")
    try folder.write(Array(Workspace.images(240).dropLast()), to: "data/images")
    try expect("data, entry \"images\": ", "train", "iic.yaml")
    try folder.write(Workspace.images(200), to: "data/images")
    try expect("entry \"labels\": found 240 labels; expected 200", "train", "iic.yaml")
    try folder.write(Workspace.images(240), to: "data/labels")
    try expect("entry \"labels\": found 3 dimensions; expected labels [n]", "train", "iic.yaml")
  }

  @Test func runFolders() throws {
    #expect(try iic("train", "iic.yaml", "--run", "run", in: folder).status == 0)
    let before = try Data(contentsOf: folder.url.appending(path: "run/weights.safetensors"))
    try expect("run: already holds a run", "train", "iic.yaml", "--run", "run", "--set", "training.seed=5")
    #expect(try Data(contentsOf: folder.url.appending(path: "run/weights.safetensors")) == before)
    try expect("data: is not empty", "train", "iic.yaml", "--run", "data")
    try expect("data: not a run folder", "evaluate", "data")
    try folder.write(Array(before.dropLast(5)), to: "run/weights.safetensors")
    try expect("weights.safetensors", "evaluate", "run")
  }

  @Test func arguments() throws {
    try expect("name a manifest", "train", status: 64)
    try expect("Unknown option '--sets'", "train", "iic.yaml", "--sets", "a=1", status: 64)
    try expect("samples/fashion-mnist/iic.yaml: not found", "bench", "fashion-mnist")
  }

  private func contents(_ name: String) throws -> [String] {
    guard folder.exists(name) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder.path(name))
  }

  private func pack(_ name: String) throws {
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/env")
    tar.arguments = ["tar", "-C", folder.path("data"), "-czf", folder.path(name), "images", "labels"]
    try tar.run()
    tar.waitUntilExit()
    #expect(tar.terminationStatus == 0)
  }
}
