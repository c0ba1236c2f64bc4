"""The contract of a device in a cloud: labels of runs, and providers without tags."""

from __future__ import annotations

import pytest
from shop import ShopDevice

from qgate.devices.cloud.remote import label_of
from qgate.exceptions import NotListed


def test_a_provider_without_tags_lists_no_jobs(tmp_path):
    device = ShopDevice(str(tmp_path / "shop.db"))

    with pytest.raises(NotListed, match="shop:one has no tags"):
        device.jobs_of("a run")


def test_labels_fit_into_tags_and_differ_where_names_differ():
    names = ["plain", "größer", "grösser", "x" * 300, "x" * 301, "one\ttwo"]

    labels = [label_of(name) for name in names]

    assert len(set(labels)) == len(names)
    assert all(len(label) <= 64 and label.isascii() for label in labels)
    assert labels[0] == "plain"
