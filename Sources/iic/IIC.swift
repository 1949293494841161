import ArgumentParser
import IICCore
import ImageModality
import VectorModality

/// The kinds of data this program knows. A new one is a line here.
let modalities = ModalityRegistry([ImageModality.self, VectorModality.self])

@main
struct IIC: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "iic",
    abstract: "Clusters paired data without labels, by Invariant Information Clustering.",
    subcommands: [Train.self, Evaluate.self, Embed.self, Bench.self])
}
