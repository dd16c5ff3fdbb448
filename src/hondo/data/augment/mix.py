"""Cutout, mixup and cutmix: parts of pictures hidden or exchanged, and targets that follow.

Sources: T. DeVries, G. W. Taylor, "Improved regularization of convolutional neural networks with cutout", 2017;
H. Zhang et al., "mixup: beyond empirical risk minimization", ICLR 2018; S. Yun et al., "CutMix", ICCV 2019.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from hondo.core.arrays import Array, FloatArray, IntArray


def cut_holes(picture: Array, centres: FloatArray, share: float, value: float) -> None:
    """Cover holes of one picture in place.

    Args:
        picture: ``(height, width, channels)``.
        centres: ``(holes, 2)``, vertical and horizontal, each in [0, 1) of the picture's sides.
        share: the holes' sides, as shares of the picture's sides; what lies outside of the picture covers nothing.
        value: what covers them.
    """
    height, width = picture.shape[:2]
    tall, wide = max(1, round(height * share)), max(1, round(width * share))
    for down, right in centres.tolist():
        top, left = int(down * height) - tall // 2, int(right * width) - wide // 2
        picture[max(top, 0) : max(top + tall, 0), max(left, 0) : max(left + wide, 0)] = value


@dataclass(frozen=True)
class Mix:
    """How the samples of one batch are blended with each other.

    Attributes:
        kept: the share of each sample that stays, for pictures and targets alike.
        partners: which sample each is blended with ``(batch,)``.
        box: cutmix: top, bottom, left and right of what is pasted; None for mixup.
    """

    kept: float
    partners: IntArray
    box: tuple[int, int, int, int] | None = None

    def paste(self, pictures: Array) -> None:
        """Cutmix in place: put the partners' part into each picture ``(batch, height, width, channels)``."""
        if self.box is not None:
            top, bottom, left, right = self.box
            pictures[:, top:bottom, left:right] = pictures[self.partners, top:bottom, left:right]

    def blend(self, values: Array) -> Array:
        """``kept · values + (1 - kept) · partners' values``, rounded where the values are whole numbers.

        Args:
            values: ``(batch, …)``.
        """
        if values.dtype == np.uint8:
            flat = values.reshape(len(values), -1)
            return cv2.addWeighted(flat, self.kept, flat[self.partners], 1 - self.kept, 0).reshape(values.shape)
        blended = values[self.partners]
        blended *= values.dtype.type(1 - self.kept)
        blended += values * values.dtype.type(self.kept)
        return blended


def draw_mix(
    draws: np.random.Generator, batch: int, size: tuple[int, int], mixup: float | None, cutmix: float | None
) -> Mix:
    """Draw how a batch is blended; with both kinds, one of them.

    Args:
        draws: the batch's generator.
        batch: how many samples it has.
        size: the pictures' height and width.
        mixup: alpha; None for never.
        cutmix: alpha; None for never.
    """
    partners = draws.permutation(batch)
    if mixup is not None and (cutmix is None or draws.random() < 0.5):
        return Mix(float(draws.beta(mixup, mixup)), partners)
    kept = float(draws.beta(cutmix, cutmix)) if cutmix is not None else 1.0
    height, width = size
    tall, wide = round(height * (1 - kept) ** 0.5), round(width * (1 - kept) ** 0.5)
    middle_y, middle_x = int(draws.integers(height)), int(draws.integers(width))
    top, left = max(middle_y - tall // 2, 0), max(middle_x - wide // 2, 0)
    bottom, right = min(middle_y - tall // 2 + tall, height), min(middle_x - wide // 2 + wide, width)
    pasted = max(bottom - top, 0) * max(right - left, 0)
    return Mix(1 - pasted / (height * width), partners, (top, max(bottom, top), left, max(right, left)))
