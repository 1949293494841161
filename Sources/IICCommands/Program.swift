import IICCore

/// What this program is called and which kinds of data and objectives it knows.
///
/// ArgumentParser makes commands from their types, so nothing can be handed to their initialisers. A task-local
/// value reaches them instead: it is set once around the command, and nothing can change it while one runs.
struct Program: Sendable {
  var name = "iic"
  var registry = Registry([])
  var libraries: [String] = []

  @TaskLocal static var current = Program()
}

/// The kinds of data and the objectives that the running program knows.
var registry: Registry { Program.current.registry }
