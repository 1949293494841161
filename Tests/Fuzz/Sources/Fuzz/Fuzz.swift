import Foundation

/// The harness that the environment names, chosen once.
private let target: Target = {
  let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
  guard let target = Target(rawValue: name) else {
    let known = Target.allCases.map(\.rawValue).joined(separator: ", ")
    FileHandle.standardError.write(Data("FUZZ_TARGET: found \"\(name)\"; expected one of \(known)\n".utf8))
    exit(64)
  }
  return target
}()

/// What libFuzzer calls with each input. An error is what bad input should give; a crash, a hang or memory without bound
/// is what is looked for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  do {
    try target.read(bytes)
  } catch {
    // Messages are made of what was found, so they are part of what is tested.
    precondition(!"\(error)".isEmpty)
  }
  return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ argumentCount: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Where the program starts: the package manager gives the entry of an executable this name, so that libFuzzer's own
/// `main` is not the one.
@_cdecl("Fuzz_main")
public func start(_ argumentCount: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
  var argumentCount = argumentCount
  var arguments = arguments
  return runFuzzer(&argumentCount, &arguments, fuzzOneInput)
}
