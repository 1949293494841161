import CArchive
import Foundation

/// The libraries behind the readers.
public enum ArchiveLibraries {
  /// libarchive and what it decompresses with, each with its version.
  public static var versions: String { String(cString: archive_version_details()) }
}

/// The owner of one libarchive reader.
final class LibArchive {
  private let handle: OpaquePointer
  private let input: ArchiveInput

  /// A reader of `input`, of which `open(plain:)` begins to read.
  init(_ input: ArchiveInput, path: String) throws(ArchiveError) {
    self.input = input
    guard let handle = archive_read_new() else {
      throw ArchiveError(path: path, message: "libarchive has no memory for a reader")
    }
    self.handle = handle
  }

  deinit { archive_read_free(handle) }

  /// Runs calls of libarchive with UTF-8 as the character set, whatever the user's locale, so that names are the
  /// same everywhere.
  func perform<Result>(_ calls: (OpaquePointer) -> Result) -> Result {
    let previous = uselocale(LibArchive.locale)
    defer { uselocale(previous) }
    return calls(handle)
  }

  // Made once, never changed and never freed.
  private nonisolated(unsafe) static let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil)

  /// Begins to read, accepting the compressions, and unless `plain` the formats, with a signature of several bytes.
  ///
  /// Left out: formats that plain data can be taken for (cpio, lha, uuencode), mtree, which opens the files that it
  /// names, and compressions for which libarchive runs another program. Zip is read by its directory at the end,
  /// since only that shows that the archive is whole. What gzip data hold is not decompressed again.
  func open(plain: Bool, names: NameEncoding?) -> Int32 {
    perform { handle in
      let filters = [
        archive_read_support_filter_bzip2, archive_read_support_filter_xz, archive_read_support_filter_lzip,
        archive_read_support_filter_zstd, archive_read_support_filter_lz4,
      ]
      let formats = [
        archive_read_support_format_tar, archive_read_support_format_zip_seekable,
        archive_read_support_format_7zip, archive_read_support_format_rar, archive_read_support_format_rar5,
        archive_read_support_format_cab, archive_read_support_format_iso9660, archive_read_support_format_xar,
      ]
      let supported = (input.isGzip ? [] : filters) + [archive_read_support_format_raw] + (plain ? [] : formats)
      // A warning says that libarchive would run a program for a compression that it was built without.
      for support in supported where support(handle) < ARCHIVE_WARN { return ARCHIVE_FATAL }
      if !plain {
        // Reads on behind a tar archive's end mark, so that compressed data cut there is seen.
        let status = archive_read_set_format_option(handle, "tar", "read_concatenated_archives", "1")
        guard status == ARCHIVE_OK else { return status }
        // Formats that say themselves which character set names are in do not know the option.
        if let names { _ = archive_read_set_format_option(handle, nil, "hdrcharset", names.description) }
      }
      return input.open(handle)
    }
  }

  /// Reads the current entry's next bytes and returns how many; 0 means the end.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, path: String, entry: String
  ) throws(ArchiveError) -> Int {
    while true {
      let count = perform { archive_read_data($0, buffer.baseAddress, buffer.count) }
      if let failure { throw failure }
      if count >= 0 { return count }
      // Warnings here are checksums that differ and data cut short.
      guard count == Int(ARCHIVE_RETRY) else {
        throw ArchiveError(path: path, entry: entry, message: message ?? "the data is damaged or cut short")
      }
    }
  }

  /// What stopped the reading of the file itself.
  var failure: ArchiveError? { input.failure }
  /// What is said of an entry, or an archive, that cannot be read without a password.
  static let encrypted = "found encrypted data, which needs a password; expected none"

  /// The last error or warning.
  var message: String? {
    guard let message = archive_error_string(handle).map({ String(cString: $0) }) else { return nil }
    let small = message.lowercased()
    if ["encrypt", "passphrase", "crypto"].contains(where: small.contains) { return Self.encrypted }
    guard small.contains("unsupported"), small.contains("compression") else { return message }
    let found = small.contains("deflation-64") ? "found the compression Deflate64, which is not read" : message
    return found + "; pack the archive anew with another, such as Deflate"
  }
  /// The kind of format, one of `ARCHIVE_FORMAT_TAR` and its like.
  var format: Int32 { archive_format(handle) & ARCHIVE_FORMAT_BASE_MASK }
  /// Whether the data came through a decompressor.
  var isCompressed: Bool { input.isGzip || archive_filter_code(handle, 0) != ARCHIVE_FILTER_NONE }
  /// Whether what came out of a decompressor went through another.
  var isCompressedTwice: Bool { archive_filter_count(handle) > 2 }
  /// Whether nothing was read where the last header was looked for.
  var stoppedAtHeader: Bool { archive_filter_bytes(handle, 0) == archive_read_header_position(handle) }
}
