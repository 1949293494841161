extension CSVRow {
  /// A field's bytes, for callers that can use text which is not UTF-8.
  public func bytes(_ place: Int) -> ArraySlice<UInt8> { fields[place] }
}
