"""Two iterations on the same images, with the same tags, against the same labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tui_detect.core.evaluation.data import EvaluationData, EvaluationTag, Indices
from tui_detect.core.evaluation.listing import detection_numbers


@dataclass(frozen=True, slots=True, eq=False)
class CommonGround:
    """What two iterations can be compared on: images, tags and regions are those of both."""

    first: EvaluationData
    second: EvaluationData
    first_number: Indices
    """(D,): the position of each detection of `first` among those stored for its image."""
    second_number: Indices
    images_of_other_tags: int = 0
    """Images left out as the labels show only tags on them that one of the two does not know."""

    def only_on(self, image_id: int) -> CommonGround:
        """The same on one of the images."""
        image_ids = np.array([image_id], dtype=np.int64)
        first, first_kept = _judged(self.first, self.first, self.first.tags, image_ids)
        second, second_kept = _judged(self.second, self.first, self.first.tags, image_ids)
        return CommonGround(
            first, second, self.first_number[first_kept], self.second_number[second_kept]
        )


def on_common_ground(
    first: EvaluationData, second: EvaluationData, labels: EvaluationData
) -> CommonGround:
    """Both on the images and tags that both know, judged against the labels of one of them.

    Labels are corrected between two trainings: against its own, the one that was validated on
    worse labels would look worse, whatever it finds. An image that shows only tags which one of
    the two does not know is no background, and what is false on it cannot be told: it is left out.

    Args:
        first: Of one iteration.
        second: Of the other one.
        labels: The one of the two whose regions and names of tags count.
    """
    shared = np.intersect1d(first.image_ids, second.image_ids)
    both = {tag.id for tag in first.tags} & {tag.id for tag in second.tags}
    tags = tuple(tag for tag in labels.tags if tag.id in both)
    image_ids = np.setdiff1d(shared, _showing_only_others(labels, tags))
    judged_first, first_kept = _judged(first, labels, tags, image_ids)
    judged_second, second_kept = _judged(second, labels, tags, image_ids)
    return CommonGround(
        judged_first,
        judged_second,
        detection_numbers(first, first_kept),
        detection_numbers(second, second_kept),
        len(shared) - len(image_ids),
    )


def _showing_only_others(labels: EvaluationData, tags: tuple[EvaluationTag, ...]) -> Indices:
    """The images that show something, but none of the tags."""
    counts = np.array([tag in tags for tag in labels.tags], dtype=np.bool_)[labels.region_tag]
    others = np.setdiff1d(labels.region_image, labels.region_image[counts])
    return labels.image_ids[others]


def with_merged(data: EvaluationData, merged: Mapping[int, EvaluationTag]) -> EvaluationData:
    """The same after tags were merged, so that it can be compared with what came later.

    Args:
        data: Of one iteration.
        merged: For the key of a tag that was merged away, the tag that it is by now.
    """
    before = [tag.id for tag in data.tags]
    known = {tag.id: tag for tag in data.tags if tag.id not in merged}
    for key in before:
        if key in merged:
            known.setdefault(merged[key].id, merged[key])
    now = _new_index([merged[key].id if key in merged else key for key in before], list(known))
    return replace(
        data,
        tags=tuple(known.values()),
        region_tag=now[data.region_tag],
        detection_tag=now[data.detection_tag],
    )


def _judged(
    data: EvaluationData,
    labels: EvaluationData,
    tags: tuple[EvaluationTag, ...],
    image_ids: Indices,
) -> tuple[EvaluationData, Indices]:
    """The detections of `data` with the regions of `labels`; which detections those are."""
    ids = image_ids.tolist()
    tag_ids = [tag.id for tag in tags]
    image = _new_index(labels.image_ids.tolist(), ids)[labels.region_image]
    tag = _new_index([tag.id for tag in labels.tags], tag_ids)[labels.region_tag]
    regions = np.flatnonzero((image >= 0) & (tag >= 0))
    found_image = _new_index(data.image_ids.tolist(), ids)[data.detection_image]
    found_tag = _new_index([tag.id for tag in data.tags], tag_ids)[data.detection_tag]
    kept = np.flatnonzero((found_image >= 0) & (found_tag >= 0))
    judged = EvaluationData(
        tags=tags,
        image_ids=image_ids,
        image_sizes_px=labels.image_sizes_px[np.searchsorted(labels.image_ids, image_ids)],
        region_image=image[regions],
        region_tag=tag[regions],
        region_box=labels.region_box[regions],
        region_uuid=tuple(labels.region_uuid[i] for i in regions) if labels.region_uuid else (),
        detection_image=found_image[kept],
        detection_tag=found_tag[kept],
        detection_probability=data.detection_probability[kept],
        detection_box=data.detection_box[kept],
    )
    return judged, kept


def _new_index(before: Sequence[int], now: Sequence[int]) -> Indices:
    """For each of the old keys its position among the new ones, or -1."""
    position = {key: index for index, key in enumerate(now)}
    return np.array([position.get(key, -1) for key in before], dtype=np.int64)
