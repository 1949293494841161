/// The keys by which two manifests differ, for messages.
enum ManifestDifference {
  /// A line for each key that has another value: `training.batch was 768, is 300`.
  static func lines(_ old: ManifestDocument, _ new: ManifestDocument) -> [(key: String, text: String)] {
    let (before, after) = (values(old.root), values(new.root))
    let keys = before.map(\.key) + after.map(\.key).filter { key in !before.contains { $0.key == key } }
    return keys.compactMap { key in
      let was = before.first { $0.key == key }?.value ?? "absent"
      let now = after.first { $0.key == key }?.value ?? "absent"
      return was == now ? nil : (key, "\(key) was \(was), is \(now)")
    }
  }

  private static func values(_ node: ManifestNode, under path: String = "") -> [(key: String, value: String)] {
    guard case .section(let entries) = node.content else { return [(path, node.summary)] }
    return entries.flatMap { values($0.value, under: path.isEmpty ? $0.key : "\(path).\($0.key)") }
  }
}
