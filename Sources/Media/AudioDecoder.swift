import CMedia

/// Decodes WAV and Wave64 (PCM, floating point, A-law, mu-law, ADPCM, GSM), AIFF, FLAC, Ogg (Vorbis, Opus), MP3, AAC and
/// the sound of MP4 and Matroska files. An error about another coding names it.
public enum AudioDecoder {
  /// Decodes sound to one channel, the mean of those that the file has, wherever they are. Its rate, format and channels may change up to 16 times, as they do where recordings
  /// were joined.
  ///
  /// A file that ends before it says it does is an error, unless what is kept of it ends earlier. Most MP3 and all AAC
  /// outside of MP4 do not say: what is missing there goes unnoticed, as does a tenth of a second in FLAC and Matroska.
  ///
  /// - Parameters:
  ///   - name: what errors call it.
  ///   - sampleRate: samples a second of the result, 1000 to 192000.
  ///   - maximumSeconds: what is longer is cut off here.
  /// - Returns: samples; full scale is -1 to 1, but floating-point and lossy files may go beyond and are not clipped.
  public static func decode(
    _ bytes: [UInt8], name: String, sampleRate: Int, maximumSeconds: Double
  ) throws(MediaError) -> [Float] {
    guard (1000...192_000).contains(sampleRate) else {
      throw MediaError(name: name, message: "found a sample rate of \(sampleRate); expected 1000 to 192000")
    }
    let limit = Int(max(0, min(maximumSeconds, 86_400)) * Double(sampleRate))
    let reader = try MediaReader(bytes, kind: CMEDIA_AUDIO, name: name, maximumPixels: 1 << 24)
    var samples: [Float] = []
    while samples.count < limit, try reader.next() {
      if reader.soundChanges {
        try reader.appendSamples(CMEDIA_END, rate: sampleRate, to: &samples, limit: limit)
      }
      try reader.appendSamples(CMEDIA_FRAME, rate: sampleRate, to: &samples, limit: limit)
    }
    try reader.appendSamples(CMEDIA_END, rate: sampleRate, to: &samples, limit: limit)
    guard !samples.isEmpty else { throw MediaError(name: name, message: "found no sound") }
    return samples
  }
}
