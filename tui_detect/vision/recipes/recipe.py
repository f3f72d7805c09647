"""What a domain is: the model, the image size and the augmentation that suit a kind of picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DeviceKind = Literal["cpu", "gpu"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast to train when the person gave no number of epochs."""

    picture_views: int
    """How often pictures are looked at in all; few pictures get more epochs."""
    epochs_min: int
    epochs_max: int
    patience_epochs: int
    """Epochs without improvement after which training ends early."""
    learning_rate_share: float = 1.0
    """Of the rate that suits random weights."""
    warmup_epochs: float = 3.0

    def epochs(self, pictures: int) -> int:
        """The number of epochs for that many training pictures."""
        wanted = round(self.picture_views / max(pictures, 1))
        return min(max(wanted, self.epochs_min), self.epochs_max)


@dataclass(frozen=True, slots=True)
class Models:
    """The models of a recipe on one kind of device."""

    from_scratch: str
    """Architecture to start from random weights, such as `yolo11n`."""
    pretrained: tuple[str, ...]
    """Pretrained models, the best one first; whichever is at hand is used."""
    image_size_px: int
    """Longer side of the picture as the model sees it."""
    image_size_max_px: int
    """As large as small objects may make it."""
    batch_max: int


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How training pictures are varied; shares of the picture or probabilities, 0 to 1."""

    mirror: float
    """Probability of swapping left and right."""
    mosaic: float
    """Probability of putting four pictures together."""
    scale: float
    translate: float
    hue: float
    saturation: float
    brightness: float
    rotation_degrees: float = 0.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """One domain: what it is for and how it trains."""

    name: str
    uuid: str
    """The id that Azure Custom Vision gives the domain of the same name."""
    purpose: str
    """One line on what it is for."""
    cpu: Models
    gpu: Models
    augmentation: Augmentation
    from_scratch: Schedule
    pretrained: Schedule
    """From a model that has seen many pictures of everyday things."""
    warm: Schedule
    """From an iteration, which may know these very objects."""
    boxes_max: int = 300
    """On one picture."""

    def models(self, device: DeviceKind) -> Models:
        """The models for one kind of device."""
        return self.gpu if device == "gpu" else self.cpu
