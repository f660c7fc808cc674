//! Places: what may not overlap does not, and no kernel would need one memory twice.

use super::networks;
use crate::plan::{Action, Operand, Pass, Place, Root, Step, plan};

fn touched(step: &Step) -> Vec<(Place, bool)> {
    match &step.action {
        Action::Observe(observed) => vec![(observed.place, false)],
        Action::Call(call) => call
            .operands
            .iter()
            .filter_map(|operand| match operand {
                Operand::Read(place) => Some((*place, false)),
                Operand::Write(place) => Some((*place, true)),
                _ => None,
            })
            .collect(),
    }
}

/// A buffer's life and length.
#[derive(Clone, Debug)]
struct Used {
    first: usize,
    last: usize,
    len: usize,
}

fn buffers(passes: &[&Pass]) -> Vec<Option<Used>> {
    let mut buffers: Vec<Option<Used>> = vec![None; passes[0].offsets.len()];
    for (time, step) in passes.iter().flat_map(|pass| &pass.steps).enumerate() {
        for (place, _) in touched(step) {
            assert!(place.start + place.len <= place.stride, "{place:?}");
            let Root::Buffer(buffer) = place.root else { continue };
            let fresh = Used { first: time, last: time, len: place.stride };
            let used = buffers[buffer].get_or_insert(fresh);
            used.last = time;
            assert_eq!(used.len, place.stride, "all places of a buffer see its images alike: {place:?}");
        }
    }
    buffers
}

fn assert_disjoint(name: &str, passes: &[&Pass]) {
    let offsets = &passes[0].offsets;
    let all = buffers(passes);
    let alive: Vec<(usize, &Used)> =
        all.iter().enumerate().filter_map(|(i, used)| Some((i, used.as_ref()?))).collect();
    for (n, (i, a)) in alive.iter().enumerate() {
        assert!(
            offsets[*i] + a.len <= passes[0].image_len,
            "{name}: {a:?} at {} is in the arena",
            offsets[*i]
        );
        assert!(offsets[*i].is_multiple_of(crate::plan::LINE), "{name}: buffers start at a cache line");
        for (j, b) in &alive[n + 1..] {
            let at_once = a.first <= b.last && b.first <= a.last;
            let meet = offsets[*i] < offsets[*j] + b.len && offsets[*j] < offsets[*i] + a.len;
            assert!(!(at_once && meet), "{name}: {a:?} at {}, {b:?} at {}", offsets[*i], offsets[*j]);
        }
    }
}

#[test]
fn buffers_that_live_at_once_do_not_overlap() {
    for (name, graph) in networks::all() {
        let plan = plan(&graph);
        assert_disjoint(&name, &[&plan.inference]);
        assert_disjoint(&name, &[&plan.forward, &plan.backward]);
        let training = [&plan.forward, &plan.backward].map(|pass| (&pass.offsets, pass.image_len));
        assert_eq!(training[0], training[1], "backward runs over forward's memory");
    }
}

#[test]
fn no_kernel_gets_one_memory_twice() {
    for (name, graph) in networks::all() {
        let plan = plan(&graph);
        for step in [&plan.inference, &plan.forward, &plan.backward].into_iter().flat_map(|pass| &pass.steps)
        {
            let places = touched(step);
            for (n, (a, a_written)) in places.iter().enumerate() {
                for (b, b_written) in &places[n + 1..] {
                    let shared = a.root == b.root && (a != b || *a_written || *b_written);
                    assert!(!shared, "{name}: {step:?}");
                }
            }
        }
    }
}
