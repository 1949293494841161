import Files

extension ValueFormat {
  /// A section whose keys are the user's own, in their order: `{sky: [105, 156], plant: [93]}`.
  public static func mapping<Item>(of item: ValueFormat<Item>) -> Self
  where Value == [(name: String, value: Item)] {
    Self(
      type: "mapping of \(item.type)s", allowed: item.allowed,
      expected: "a section of names, each with \(item.expected)", placeholder: [],
      read: { (node, folder) throws(Mismatch) in
        guard case .section(let entries) = node.content else { throw Mismatch(node) }
        var values: Value = []
        for entry in entries {
          do throws(Mismatch) {
            values.append((entry.key, try item.read(entry.value, folder)))
          } catch {
            var mismatch = error
            mismatch.found += " of \"\(entry.key.excerpt(60))\""
            throw mismatch
          }
        }
        return values
      },
      write: { values in
        ManifestNode(.section(values.map { .init(key: $0.name, place: .file, value: item.write($0.value)) }))
      })
  }
}
