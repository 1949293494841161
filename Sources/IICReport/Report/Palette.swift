import Foundation
import IICCore

/// Colours of clusters that people with any colour vision tell apart, as far as so many can be: those of Okabe and Ito (2008),
/// then hues around the circle in three lightnesses.
enum Palette {
  private static let first = [
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#7f7f7f",
  ]

  static func hex(_ place: Int) -> String {
    guard place >= first.count else { return first[place] }
    let turn = Double(place) * 0.618_033_988_75
    let hue = (turn - turn.rounded(.down)) * 6
    let lightness = [0.42, 0.6, 0.3][place % 3]
    let chroma = (1 - abs(2 * lightness - 1)) * 0.62
    let other = chroma * (1 - abs(hue.truncatingRemainder(dividingBy: 2) - 1))
    let (r, g, b): (Double, Double, Double) =
      switch Int(hue) {
      case 0: (chroma, other, 0)
      case 1: (other, chroma, 0)
      case 2: (0, chroma, other)
      case 3: (0, other, chroma)
      case 4: (other, 0, chroma)
      default: (chroma, 0, other)
      }
    let base = lightness - chroma / 2
    return "#" + [r, g, b].map { String(format: "%02x", Int((($0 + base) * 255).rounded())) }.joined()
  }

  /// Red, green and blue by cluster number.
  static func colours(_ clusters: EditedClusters) -> [Int: [UInt8]] {
    Dictionary(
      uniqueKeysWithValues: clusters.numbers.map { number in
        let digits = Array((clusters.colours[number] ?? hex(number)).dropFirst())
        return (number, [0, 2, 4].map { UInt8(String(digits[$0...($0 + 1)]), radix: 16) ?? 0 })
      })
  }
}
