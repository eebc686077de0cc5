"""Order among tasks and the choice of what starts, on examples and on random graphs."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masterplan.graph import (
    Candidate,
    CycleFound,
    WriteConflict,
    critical_path_lengths,
    dependents_of,
    descendants,
    find_cycle,
    parallel_write_conflicts,
    select_startable,
    topological_order,
)

Graph = dict[str, list[str]]


@st.composite
def acyclic_graphs(draw: st.DrawFn) -> Graph:
    """Tasks t0…tn in any input order, each needing only some of lower number."""
    count = draw(st.integers(min_value=0, max_value=12))
    graph = {
        f"t{task}": [f"t{needed}" for needed in range(task) if draw(st.booleans())]
        for task in range(count)
    }
    return {key: graph[key] for key in draw(st.permutations(list(graph)))}


@st.composite
def any_graphs(draw: st.DrawFn) -> Graph:
    keys = [f"t{task}" for task in range(draw(st.integers(min_value=1, max_value=8)))]
    return {key: draw(st.lists(st.sampled_from(keys), max_size=4)) for key in keys}


def reachable(start: str, graph: Graph) -> set[str]:
    """All that `start` needs, found the slow and obvious way."""
    found: set[str] = set()
    unseen = list(graph[start])
    while unseen:
        key = unseen.pop()
        if key not in found:
            found.add(key)
            unseen += graph[key]
    return found


@given(acyclic_graphs())
def test_each_task_comes_after_all_it_needs(graph: Graph) -> None:
    order = topological_order(graph)

    assert sorted(order) == sorted(graph)
    place = {key: index for index, key in enumerate(order)}
    assert all(place[needed] < place[key] for key in graph for needed in graph[key])


@given(acyclic_graphs())
def test_next_is_always_the_first_of_those_that_could_come(graph: Graph) -> None:
    done: set[str] = set()
    for key in topological_order(graph):
        could_come = [task for task in graph if task not in done and done.issuperset(graph[task])]
        assert key == could_come[0]
        done.add(key)


@given(any_graphs())
def test_a_cycle_is_found_exactly_where_a_task_needs_itself_through_others(graph: Graph) -> None:
    cycle = find_cycle(graph)

    assert (cycle is not None) == any(key in reachable(key, graph) for key in graph)
    if cycle is not None:
        assert cycle[0] == cycle[-1]
        assert len(set(cycle)) == len(cycle) - 1
        assert all(needed in graph[key] for key, needed in pairwise(cycle))
        with pytest.raises(CycleFound) as caught:
            topological_order(graph)
        assert caught.value.cycle == cycle


def test_cycle_is_named_in_the_direction_of_need_from_its_first_task() -> None:
    graph = {"free": [], "a": ["b"], "b": ["c"], "c": ["a", "free"]}

    assert find_cycle(graph) == ["a", "b", "c", "a"]
    with pytest.raises(CycleFound, match="a → b → c → a"):
        topological_order(graph)


def test_a_task_that_needs_itself_is_a_cycle() -> None:
    assert find_cycle({"a": ["a"]}) == ["a", "a"]


def test_a_dependency_named_twice_counts_once() -> None:
    assert topological_order({"b": ["a", "a"], "a": []}) == ["a", "b"]
    assert dependents_of({"b": ["a", "a"], "a": []}) == {"b": [], "a": ["b"]}


def test_an_unknown_dependency_is_refused() -> None:
    with pytest.raises(KeyError, match="missing"):
        topological_order({"a": ["missing"]})


@given(acyclic_graphs())
def test_descendants_are_all_that_need_a_task(graph: Graph) -> None:
    dependents = dependents_of(graph)

    for key in graph:
        assert descendants(key, dependents) == {
            task for task in graph if key in reachable(task, graph)
        }


def test_critical_path_is_the_heaviest_chain_to_the_end() -> None:
    graph = {"start": [], "short": ["start"], "long": ["start"], "end": ["long"], "alone": []}

    assert critical_path_lengths(graph) == {
        "start": 3,
        "short": 1,
        "long": 2,
        "end": 1,
        "alone": 1,
    }
    assert critical_path_lengths(graph, {"short": 10})["start"] == 11


@given(acyclic_graphs())
def test_a_task_weighs_more_than_whatever_needs_it(graph: Graph) -> None:
    lengths = critical_path_lengths(graph)

    assert list(lengths) == list(graph)
    for key, dependents in dependents_of(graph).items():
        assert lengths[key] == 1 + max((lengths[task] for task in dependents), default=0)


def candidate(name: str, priority: float, position: int, *targets: str) -> Candidate:
    return Candidate(name, priority, position, frozenset(targets))


def chosen(ready: list[Candidate], running: list[Candidate], *, limit: int) -> list[str]:
    return [task.id for task in select_startable(ready, running, limit=limit)]


def test_highest_priority_starts_first_and_position_decides_between_equals() -> None:
    ready = [
        candidate("late", 2, 9, "a"),
        candidate("early", 2, 1, "b"),
        candidate("minor", 1, 0, "c"),
        candidate("long", 5, 5, "d"),
    ]

    assert chosen(ready, [], limit=3) == ["long", "early", "late"]


def test_tasks_that_write_one_file_start_one_after_another() -> None:
    ready = [candidate("first", 2, 0, "a", "b"), candidate("second", 1, 1, "b", "c")]

    assert chosen(ready, [], limit=4) == ["first"]
    assert chosen(ready[1:], ready[:1], limit=4) == []


@pytest.mark.parametrize(("held", "wanted"), [("src", "src/a.py"), ("src/a.py", "src")])
def test_a_file_overlaps_with_a_directory_above_it(held: str, wanted: str) -> None:
    assert chosen([candidate("b", 1, 1, wanted)], [candidate("a", 1, 0, held)], limit=4) == []


def test_names_that_only_begin_alike_do_not_overlap() -> None:
    ready = [candidate("a", 1, 0, "src/a"), candidate("b", 1, 1, "src/a.py")]

    assert chosen(ready, [], limit=4) == ["a", "b"]


def test_a_waiting_task_keeps_its_claim_so_that_lesser_ones_cannot_starve_it() -> None:
    running = [candidate("running", 1, 0, "x")]
    ready = [
        candidate("important", 9, 1, "x", "y"),
        candidate("minor", 1, 2, "y"),
        candidate("unrelated", 1, 3, "z"),
    ]

    assert chosen(ready, running, limit=4) == ["unrelated"]


@pytest.mark.parametrize(("limit", "count"), [(0, 0), (1, 0), (2, 1), (3, 2), (99, 5)])
def test_at_most_limit_run_those_that_run_already_included(limit: int, count: int) -> None:
    running = [candidate("running", 1, 0, "r")]
    ready = [candidate(f"t{number}", 1, number, f"f{number}") for number in range(5)]

    assert len(chosen(ready, running, limit=limit)) == count


def overlap(one: Candidate, other: Candidate) -> bool:
    return any(
        mine == theirs or mine.startswith(theirs + "/") or theirs.startswith(mine + "/")
        for mine in one.targets
        for theirs in other.targets
    )


paths = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)
candidates = st.lists(
    st.builds(
        Candidate,
        id=st.uuids().map(str),
        priority=st.integers(min_value=0, max_value=3).map(float),
        position=st.integers(min_value=0, max_value=99),
        targets=st.frozensets(paths, min_size=1, max_size=3),
    ),
    max_size=8,
    unique_by=(lambda task: task.id, lambda task: task.position),
)


@given(ready=candidates, running=candidates, limit=st.integers(min_value=0, max_value=10))
def test_no_two_running_tasks_overlap_and_the_limit_holds(
    ready: list[Candidate], running: list[Candidate], limit: int
) -> None:
    selected = select_startable(ready, running, limit=limit)

    assert len(selected) <= max(0, limit - len(running))
    assert not any(overlap(task, other) for task in selected for other in running)
    assert not any(overlap(one, other) for one, other in combinations(selected, 2))
    assert selected == sorted(selected, key=lambda task: (-task.priority, task.position))


@given(ready=candidates, running=candidates, limit=st.integers(min_value=1, max_value=10))
def test_what_is_left_waiting_is_held_up_by_something_before_it(
    ready: list[Candidate], running: list[Candidate], limit: int
) -> None:
    selected = select_startable(ready, running, limit=limit)

    if len(running) + len(selected) < limit:
        for task in ready:
            before = [
                other
                for other in ready
                if (-other.priority, other.position) < (-task.priority, task.position)
            ]
            held_up = any(overlap(task, other) for other in [*running, *before])
            assert held_up == (task not in selected)


def test_writers_ordered_by_dependency_do_not_conflict() -> None:
    graph = {"a": [], "b": ["a"], "c": ["b"]}

    assert parallel_write_conflicts(graph, {"a": ["x"], "c": ["x"]}) == []


def test_writers_without_an_order_conflict() -> None:
    graph = {"a": [], "b": ["a"], "c": ["a"]}

    assert parallel_write_conflicts(graph, {"b": ["x"], "c": ["y", "x"]}) == [
        WriteConflict("b", "c", "x")
    ]


@given(acyclic_graphs(), st.data())
def test_a_file_is_reported_exactly_where_two_of_its_writers_have_no_order(
    graph: Graph, data: st.DataObject
) -> None:
    targets = {key: data.draw(st.sets(st.sampled_from("xyz"))) for key in graph}

    conflicts = parallel_write_conflicts(graph, targets)

    def unordered(one: str, other: str) -> bool:
        return other not in reachable(one, graph) and one not in reachable(other, graph)

    assert all(unordered(found.first, found.second) for found in conflicts)
    assert {found.target for found in conflicts} == {
        target
        for one, other in combinations(graph, 2)
        if unordered(one, other)
        for target in targets[one] & targets[other]
    }


def layered(*, depth: int, width: int, count: int) -> Graph:
    """A chain of `depth`, a level of `width` that all need its end, and the rest on their own."""
    graph: Graph = {f"chain{n}": [f"chain{n - 1}"] if n else [] for n in range(depth)}
    graph |= {f"wide{n}": [f"chain{depth - 1}"] for n in range(width)}
    return graph | {f"free{n}": [] for n in range(count - depth - width)}


def test_large_deep_and_wide_plans_are_ordered() -> None:
    graph = layered(depth=1_000, width=5_000, count=10_000)

    order = topological_order(graph)
    lengths = critical_path_lengths(graph)

    assert len(order) == 10_000
    assert lengths["chain0"] == 1_001
    assert len(descendants("chain0", dependents_of(graph))) == 5_999


def test_a_cycle_through_ten_thousand_tasks_is_named_whole() -> None:
    graph = {f"t{n}": [f"t{(n + 1) % 10_000}"] for n in range(10_000)}

    cycle = find_cycle(graph)

    assert cycle == [*graph, "t0"]
