import IICCommands

@main
enum Sensors {
  static func main() {
    IICCommand.run(modalities: [SensorModality.self], objectives: [ContrastiveObjective.self], name: "sensors")
  }
}
