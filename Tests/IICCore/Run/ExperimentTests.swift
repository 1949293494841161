import Testing
import Torch

@testable import IICCore

@Suite struct ExperimentTests {
  let folder: TemporaryFolder
  let cache: SampleCache

  init() throws {
    folder = try TemporaryFolder()
    cache = SampleCache(folder: folder.url)
  }

  @Test func thePrecisionThatWasChosenIsInTheManifestOfTheRun() throws {
    let chosen = try blobs(["training.precision=null"], cache: cache)
    #expect(chosen.resolvedYAML.contains("precision: \(chosen.precision.rawValue)\n"))
    let document = try ManifestDocument(text: chosen.resolvedYAML)
    let again = try Experiment(document, registry: ModalityRegistry([BlobModality.self]), cache: cache)
    #expect(again.resolvedYAML == chosen.resolvedYAML)
  }

  @Test(arguments: Precision.allCases) func aPrecisionThatIsNamedIsTaken(precision: Precision) throws {
    let named = try blobs(["training.precision=\(precision.rawValue)"], cache: cache)
    #expect(named.precision == precision)
  }
}
