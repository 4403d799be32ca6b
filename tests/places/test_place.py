"""The nearest places: like trying them all, wherever the caller is."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.places import Directory, load_directory
from voicebot.places.place import Place, Point, distance_km, nearest

ANYWHERE = st.builds(Point, st.floats(-89, 89), st.floats(-179, 179))
NEARBY = st.builds(Point, st.floats(47, 49), st.floats(1, 3))
PARIS, LYON, SAINT_DENIS_REUNION = Point(48.8566, 2.3522), Point(45.764, 4.8357), Point(-20.8823, 55.4504)


def place(name: str, point: Point, kind: str = "papiers") -> Place:
    return Place(name, kind, "1 rue des Lilas", "75018", "Paris", "0100000000", point)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Directory:
    return load_directory(tmp_path_factory.mktemp("empty"))


def test_distances_are_those_of_the_atlas() -> None:
    assert distance_km(PARIS, LYON) == pytest.approx(392, abs=2)
    assert distance_km(PARIS, SAINT_DENIS_REUNION) == pytest.approx(9370, rel=0.01)


@given(ANYWHERE, ANYWHERE)
def test_a_distance_is_the_same_both_ways_and_never_longer_than_half_the_earth(a: Point, b: Point) -> None:
    assert distance_km(a, b) == pytest.approx(distance_km(b, a), abs=1e-6)
    assert distance_km(a, a) == 0
    assert 0 <= distance_km(a, b) <= math.pi * 6371.0 + 1e-6


@given(st.lists(NEARBY, max_size=30), NEARBY, st.integers(1, 4), st.floats(1, 300))
def test_the_nearest_are_found_as_by_sorting_all_of_them(
    points: list[Point], here: Point, count: int, within_km: float
) -> None:
    places = [place(f"{number:02}", point) for number, point in enumerate(points)]
    found = nearest(places, here, count, within_km)
    by_hand = sorted(km for point in points if (km := distance_km(here, point)) <= within_km)
    assert [near.km for near in found] == by_hand[:count]
    assert all(distance_km(here, near.place.point) == near.km for near in found)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_every_postal_code_gets_the_nearest_of_the_shipped_list(data: st.DataObject) -> None:
    directory = load_directory(Path("no", "such", "folder"))
    code = data.draw(st.sampled_from(sorted(directory.areas.by_code)))
    area = directory.areas.find(code, None)
    assert area is not None
    by_hand = sorted(distance_km(area.point, each.point) for each in directory.places)[:3]
    found = [near.km for near in directory.nearest(code, None, "papiers")]
    assert found == [km for km in by_hand if km <= 60]


def test_the_shipped_list_is_whole(directory: Directory) -> None:
    assert len(directory.places) > 2800
    assert f"{directory.listed_on}" == "2024-08-01"
    assert all(len(each.phone) == 10 and each.name and each.address for each in directory.places)


@pytest.mark.parametrize(
    ("code", "town", "expected"),
    [
        ("75018", None, "Paris 18e"),
        ("97400", None, "Saint-Denis"),
        ("97500", None, "Saint-Pierre"),
        (None, "calais", "Calais"),
        (None, "SAINT DENIS", "Saint-Denis"),
        ("62000", "Dainville", "Dainville"),
    ],
)
def test_an_area_is_found_by_code_by_town_or_by_both(
    directory: Directory, code: str | None, town: str | None, expected: str
) -> None:
    area = directory.areas.find(code, town)
    assert area is not None
    assert area.name == expected


def test_a_town_and_its_postal_code_tell_homonyms_apart(directory: Directory) -> None:
    departments = {}
    for code in ("93200", "97400"):
        area = directory.areas.find(code, "Saint-Denis")
        assert area is not None
        departments[code] = area.department
    assert departments == {"93200": "93", "97400": "974"}


def test_a_town_far_from_the_postal_code_was_misheard(directory: Directory) -> None:
    area = directory.areas.find("62000", "Lyon")
    assert area is not None
    assert area.department == "62"


def test_a_postal_code_alone_is_near_where_most_people_live(directory: Directory) -> None:
    middle = directory.areas.find("62000", None)
    arras = directory.areas.named("Arras")[0]
    assert middle is not None
    assert 0 < distance_km(middle.point, arras.point) < 1


@pytest.mark.parametrize(
    ("code", "town", "clarity"),
    [
        ("75018", None, "one"),
        ("62000", None, "many"),
        ("62000", "Dainville", "one"),
        (None, "Calais", "one"),
        (None, "Saint-Denis", "homonyms"),
        (None, "Atlantide", "unknown"),
        ("98701", None, "unknown"),
        (None, None, "unknown"),
    ],
)
def test_we_ask_on_only_where_the_answer_matters(
    directory: Directory, code: str | None, town: str | None, clarity: str
) -> None:
    assert directory.clarity(code, town, "papiers") == clarity


def test_nobody_is_sent_far_away(directory: Directory) -> None:
    saint_barthelemy = directory.nearest("97133", None, "papiers")
    assert [near.place.town for near in saint_barthelemy] == ["Saint-Martin", "Saint-Martin"]
    assert directory.nearest("98701", None, "papiers") == ()
    assert directory.nearest("75018", None, "douche") == ()
