"""Making renditions, each in a process of its own: whoever serves people meanwhile neither computes nor holds the audio."""

from voiceops.rendering.process import NotRendered, Rendered, Renderer

__all__ = ["NotRendered", "Rendered", "Renderer"]
