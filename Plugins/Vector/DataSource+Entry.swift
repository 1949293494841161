import Archive
import Files
import IICCore

extension DataSource {
  /// The entry that a manifest calls `name`: NumPy's archives leave the `suffix` out of an array's name.
  ///
  /// A name that no entry has is returned as it is; reading it then fails and says which there are.
  func entry(called name: String, suffix: String) throws -> String {
    var whole: String?
    var short: String?
    try forEachEntry(hidden: true) { entry in
      let found = plain(entry.name)
      if found == plain(name) { whole = whole ?? entry.name }
      if found == plain(name) + suffix { short = short ?? entry.name }
      return whole == nil
    }
    return whole ?? short ?? name
  }

  /// The only entry that ends in `suffix`, apart from `other`; a file by itself may be called anything.
  func onlyEntry(suffix: String, besides other: String?) throws -> String {
    var first = "", count = 0
    var fitting: [String] = [], fittingCount = 0
    try forEachEntry { entry in
      if count == 0 { first = entry.name }
      count += 1
      let name = plain(entry.name)
      let isOther = other.map { name == plain($0) || name == plain($0) + suffix } ?? false
      if name.lowercased().hasSuffix(suffix), !isOther {
        fittingCount += 1
        if fitting.count < 8 { fitting.append(entry.name) }
      }
      return true
    }
    if count == 1 { return first }
    if fittingCount == 1 { return fitting[0] }
    let names = fitting.map { "\"\($0)\"" }.joined(separator: ", ")
    throw UserError(
      "\(path): found "
        + (fitting.isEmpty ? "no entry *\(suffix) among \(count)" : "\(fittingCount) entries: \(names)")
        + "; name the one with the vectors in data.array")
  }

  /// An entry's name without what makes no difference.
  private func plain(_ name: String) -> String {
    let short = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
    return short.hasSuffix(".gz") ? String(short.dropLast(3)) : short
  }
}
