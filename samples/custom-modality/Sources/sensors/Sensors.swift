import IICCommands

@main
enum Sensors {
  static func main() {
    IICCommand.run(
      modalities: [SensorModality.self, MomentsModality.self], objectives: [ContrastiveObjective.self],
      name: "sensors")
  }
}
