"""Audio as signal: decoding, master, renditions, measurements, waveform peaks. Bytes and arrays only, nothing of the product."""

from voiceops.speech.defect import Defect, NotAudio
from voiceops.speech.lossless import MASTER_MEDIA_TYPE, master, wav
from voiceops.speech.measurements import Measurements, measure
from voiceops.speech.renditions import render
from voiceops.speech.signal import Signal, decode
from voiceops.speech.waveform import ZOOMS, peaks, pyramid

__all__ = [
    "MASTER_MEDIA_TYPE",
    "ZOOMS",
    "Defect",
    "Measurements",
    "NotAudio",
    "Signal",
    "decode",
    "master",
    "measure",
    "peaks",
    "pyramid",
    "render",
    "wav",
]
