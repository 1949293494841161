"""Makes mel.json: a waveform and its mel spectrogram by librosa. Needs librosa and NumPy."""
import json, pathlib
import librosa, numpy as np

rng = np.random.default_rng(0)
t = np.arange(2000) / 8000
wave = (0.4 * np.sin(2 * np.pi * 440 * t) + 0.2 * np.sin(2 * np.pi * 2500 * t) + 0.05 * rng.normal(size=2000))
wave = wave.astype(np.float32)
power = librosa.feature.melspectrogram(
    y=wave, sr=8000, n_fft=256, hop_length=96, win_length=256, window="hann", center=True, pad_mode="constant",
    power=2.0, n_mels=20, htk=False, norm="slaney", fmin=0, fmax=4000)
out = {"librosa": librosa.__version__, "wave": wave.tolist(), "shape": list(power.shape), "power": power.reshape(-1).tolist()}
(pathlib.Path(__file__).parent / "mel.json").write_text(json.dumps(out))
