public import Foundation

extension SafetensorsFile {
  /// Reads a file strictly.
  ///
  /// The file is mapped, so its tensors take memory only as they are read; it must not be changed in place
  /// meanwhile. Throws a `SafetensorsError` for anything that the format does not allow, be it in the header, in the
  /// place or size of a tensor, or bytes that belong to none.
  public init(contentsOf url: URL) throws(SafetensorsError) {
    let data: Data
    do {
      // A device or a pipe might never end.
      guard
        try url.resolvingSymlinksInPath().resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true
      else {
        throw SafetensorsError(
          file: url.path, found: "a folder or something else that is not a file", allowed: "a file")
      }
      data = try Data(contentsOf: url, options: .alwaysMapped)
    } catch let error as SafetensorsError {
      throw error
    } catch {
      throw SafetensorsError(
        file: url.path, found: "that it cannot be read (\(error.localizedDescription))",
        allowed: "a readable file")
    }
    try self.init(parsing: data, file: url.path)
  }

  /// Reads the bytes of a file; errors name it `file`.
  init(parsing data: Data, file: String) throws(SafetensorsError) {
    let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let rest = data.dropFirst(8)
    guard data.count >= 8 else {
      throw SafetensorsError(
        file: file, found: "\(data.count) bytes", allowed: "at least 8, the length of the header")
    }
    guard length <= Self.headerLimit, length <= rest.count else {
      throw SafetensorsError(
        file: file, found: "a header of \(length) bytes in a file of \(data.count)",
        allowed: "a header of at most \(min(Self.headerLimit, rest.count)) bytes")
    }
    let header = try SafetensorsHeader(rest.prefix(Int(length)), file: file)
    let content = rest.dropFirst(Int(length))

    var end = 0
    // Tensors without elements share their offset with the next.
    let inOrder = header.tensors.sorted {
      ($0.value.begin, $0.value.end, $0.key) < ($1.value.begin, $1.value.end, $1.key)
    }
    self.init(metadata: header.metadata)
    for (name, field) in inOrder {
      func error(found: String, allowed: String) -> SafetensorsError {
        SafetensorsError(file: file, tensor: name, found: found, allowed: allowed)
      }
      var type: String { field.dtype.name(shape: field.shape) }
      let offsets = "data_offsets [\(field.begin), \(field.end)]"
      guard let size = field.dtype.byteCount(shape: field.shape) else {
        throw error(found: type, allowed: "a shape of whole bytes and at most \(Int.max) bits")
      }
      guard field.begin == end else {
        throw error(found: offsets, allowed: "a begin of \(end), where the tensor before ends")
      }
      guard field.end >= field.begin, field.end <= content.count else {
        throw error(
          found: offsets, allowed: "an end from \(field.begin) to \(content.count), the end of the file")
      }
      guard field.end - field.begin == size else {
        throw error(found: "\(field.end - field.begin) bytes", allowed: "\(size) bytes for \(type)")
      }
      let start = content.startIndex + field.begin
      end = field.end
      tensors[name] = Entry(dtype: field.dtype, shape: field.shape, bytes: content[start..<(start + size)])
    }
    guard end == content.count else {
      throw SafetensorsError(
        file: file, found: "\(content.count) bytes of tensors",
        allowed: "\(end) bytes, the end of the last tensor")
    }
  }
}
