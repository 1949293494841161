"""Makes mel.json: a waveform and its mel spectrograms by librosa. Needs librosa 0.11 and NumPy."""
import json
import pathlib

import librosa
import numpy as np

rng = np.random.default_rng(0)
t = np.arange(1600) / 8000
wave = 0.4 * np.sin(2 * np.pi * 440 * t) + 0.2 * np.sin(2 * np.pi * 2500 * t) + 0.05 * rng.normal(size=t.size)
wave = np.round(wave, 5)

cases = []
for rate, window, hop, bands in [(8000, 256, 96, 20), (16000, 400, 160, 24), (22050, 512, 200, 12)]:
    power = librosa.feature.melspectrogram(
        y=wave, sr=rate, n_fft=window, hop_length=hop, win_length=window, window="hann", center=True,
        pad_mode="reflect", power=2.0, n_mels=bands, htk=False, norm="slaney", fmin=0, fmax=rate / 2)
    cases.append({
        "rate": rate, "window": window, "hop": hop, "bands": bands, "frames": power.shape[1],
        "power": [float(f"{value:.8g}") for value in power.reshape(-1)]})
out = {"librosa": librosa.__version__, "wave": wave.tolist(), "cases": cases}
(pathlib.Path(__file__).parent / "mel.json").write_text(json.dumps(out))
