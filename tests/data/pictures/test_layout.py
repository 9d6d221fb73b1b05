"""Where the faces of a sheet stand."""

from hypothesis import given
from hypothesis import strategies as st

from data.pictures.layout import layout, pair_layout


@given(n=st.integers(1, 64), side=st.sampled_from([64, 96, 128, 256, 512]), big=st.booleans())
def test_cells_lie_on_the_sheet_and_do_not_overlap(n: int, side: int, big: bool) -> None:
    plan = layout(n, side, side, big)
    assert len(plan.places) == n
    seen = set()
    for x, y in plan.places:
        assert 0 <= x <= plan.width - plan.cell_width
        assert 0 <= y <= plan.height - plan.cell_height
        cell = (x // (plan.cell_width + plan.gap), y // (plan.cell_height + plan.gap))
        assert cell not in seen
        seen.add(cell)


def test_reading_order_goes_along_the_rows() -> None:
    places = layout(9, 96, 96).places
    assert list(places) == sorted(places, key=lambda p: (p[1], p[0]))


def test_few_faces_are_shown_larger_than_many() -> None:
    sides = [layout(n, 96, 96).cell_width for n in (1, 4, 16, 64)]
    assert sides == sorted(sides, reverse=True)
    assert sides[-1] >= 96


def test_a_row_stands_side_by_side() -> None:
    plan = layout(5, 96, 96, columns=5)
    assert len({y for _, y in plan.places}) == 1
    assert plan.width > 4 * plan.height
    assert layout(3, 96, 96, columns=5) == layout(3, 96, 96, columns=3)


@given(n=st.integers(1, 36))
def test_pairs_stand_beside_each_other_and_apart_from_others(n: int) -> None:
    plan = pair_layout(n)
    boxes = [(x, y, x + plan.side, y + plan.side) for x, y in (*plan.befores, *plan.afters)]
    assert all(l >= 0 and t >= 0 and r <= plan.sheet.width and b <= plan.sheet.height for l, t, r, b in boxes)  # noqa: E741
    for i, (l, t, r, b) in enumerate(boxes):  # noqa: E741
        for x, y, z, w in boxes[:i]:
            assert r <= x or z <= l or b <= y or w <= t
    for (x, y), (u, v) in zip(plan.befores, plan.afters, strict=True):
        assert y == v
        assert x < u
    assert max(plan.sheet.width, plan.sheet.height) < 1300
