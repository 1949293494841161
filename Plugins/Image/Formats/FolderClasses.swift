import Files
import IICCore
import Reading

/// The classes of pictures that lie in a folder for each class.
struct FolderClasses {
  /// The class of each picture, -1 where it lies in no class's folder.
  let numbers: [Int]
  /// The names of the classes, in the order of their bytes; numbers in that of their size.
  let names: [String]

  /// Finds the class of each picture. Throws if there is none at all.
  init(_ pictures: [PicturePath], parts: [String]?) throws(UserError) {
    let folders: [Substring?]
    if let parts {
      folders = pictures.map { $0.part(of: parts)?.below.first }
    } else {
      // An archive's pictures are often in one folder together, which is no class.
      let shared = Self.sharedCount(pictures)
      folders = pictures.map { $0.folders.dropFirst(shared).first }
    }
    names = ClassNumbers.ordered(
      Set(folders.compactMap { $0.map(String.init) }).filter { !ClassNumbers.isUnknown($0) })
    guard !names.isEmpty else {
      throw UserError(
        "folder finds no classes: \"\(pictures.first?.name ?? "")\" and all others lie in one folder; "
          + "expected a folder for each class, or labels: none", key: "data.labels")
    }
    let places = Dictionary(uniqueKeysWithValues: zip(names, 0...))
    numbers = folders.map { folder in folder.flatMap { places[String($0)] } ?? -1 }
  }

  /// The number of folders that all pictures are in.
  private static func sharedCount(_ pictures: [PicturePath]) -> Int {
    var shared = pictures.first?.folders[...] ?? []
    for picture in pictures {
      let same = zip(shared, picture.folders).prefix { $0 == $1 }.count
      shared = shared.prefix(same)
    }
    return shared.count
  }
}
