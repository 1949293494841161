import AudioModality
import IICCommands
import ImageModality
import Media
import SegmentationModality
import TextModality
import VectorModality
import VideoModality

@main
enum IIC {
  static func main() {
    // The kinds of data this program knows. A new one is a line here.
    IICCommand.run(
      modalities: [
        ImageModality.self,
        AudioModality.self,
        TextModality.self,
        VectorModality.self,
        VideoModality.self,
        SegmentationModality.self,
      ],
      libraries: ["FFmpeg \(MediaLibrary.version)"])
  }
}
