//! How a step is timed: as every other library is, so that figures can stand side by side.
//!
//! The first step counts by itself. Then at least 2 steps and 0.3 s to warm up; then at least 5 runs, 3 where a step takes
//! more than 6 s, each of so many steps that it lasts 20 ms, until the budget is used up. Figures are per step.

use crate::machine::Processors;
use crate::options::Options;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How long a run is at least.
pub(crate) const RUN: Duration = Duration::from_millis(20);
/// How long warming up takes at least.
const WARM_UP: Duration = Duration::from_millis(300);
/// From here on a step is measured less often.
const SLOW: Duration = Duration::from_secs(6);
/// From here on the first step is all the warming up there is.
const VERY_SLOW: Duration = Duration::from_secs(20);

/// What was measured.
#[derive(Debug)]
pub(crate) struct Timing {
    first: Duration,
    /// How long a step took in each run.
    runs: Vec<Duration>,
    steps_per_run: u32,
    /// What the processors did meanwhile, in cores; `None` where the system does not tell.
    cores: Option<Processors>,
    /// The last step's number.
    pub(crate) last: f32,
}

/// Times `step`, which gives a number that depends on all that it does.
pub(crate) fn measure(
    options: &Options,
    mut step: impl FnMut() -> Result<f32, cnn::Error>,
) -> Result<Timing, cnn::Error> {
    let mut last = 0.0;
    let mut run = |steps: u32| -> Result<Duration, cnn::Error> {
        let start = Instant::now();
        for _ in 0..steps {
            last = step()?;
        }
        Ok(start.elapsed() / steps)
    };
    let first = run(1)?;
    let one = if first < VERY_SLOW { warm_up(&mut run)? } else { first };
    let steps_per_run = RUN.as_nanos().div_ceil(one.as_nanos().max(1)) as u32;
    let count = count(options, one * steps_per_run, one);
    let (start, before) = (Instant::now(), Processors::now());
    let runs = (0..count).map(|_| run(steps_per_run)).collect::<Result<_, _>>()?;
    let (wall, after) = (start.elapsed(), Processors::now());
    let cores = before.zip(after).map(|(before, after)| after.since(before, wall));
    Ok(Timing { first, runs, steps_per_run, cores, last })
}

/// Gives how long the last step took.
fn warm_up(run: &mut impl FnMut(u32) -> Result<Duration, cnn::Error>) -> Result<Duration, cnn::Error> {
    let start = Instant::now();
    let mut one = run(1)?;
    let mut steps = 1;
    while one < SLOW && (steps < 2 || start.elapsed() < WARM_UP) {
        one = run(1)?;
        steps += 1;
    }
    Ok(one)
}

/// How many runs there are.
fn count(options: &Options, run: Duration, step: Duration) -> u32 {
    if step > SLOW {
        return 3;
    }
    let in_budget = options.budget.as_nanos() / run.as_nanos().max(1);
    (in_budget.max(5) as u32).min(options.max_runs)
}

impl Timing {
    /// The fields that the others have too.
    pub(crate) fn json(&self, batch: usize) -> Value {
        let mut runs: Vec<f64> = self.runs.iter().map(Duration::as_secs_f64).collect();
        let median = median(&mut runs);
        json!({
            "first_ms": self.first.as_secs_f64() * 1e3,
            "median_ms": median * 1e3,
            "min_ms": runs[0] * 1e3,
            "max_ms": runs[runs.len() - 1] * 1e3,
            "runs": runs.len(),
            "steps_per_run": self.steps_per_run,
            "images_per_s": batch as f64 / median,
            "own_cores": self.cores.map(|cores| cores.own),
            "other_cores": self.cores.map(|cores| (cores.busy - cores.own).max(0.0)),
            "steal": self.cores.map(|cores| cores.steal),
            "out0": self.last, // null unless finite
            "finite": self.last.is_finite(),
            "peak_rss_mb": crate::machine::peak_mebibytes(),
        })
    }
}

/// The middle of some numbers, or the mean of the two in the middle; sorts them. 0 if there are none.
pub(crate) fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    match (numbers.len() / 2, numbers.len() % 2) {
        (0, 0) => 0.0,
        (middle, 0) => f64::midpoint(numbers[middle - 1], numbers[middle]),
        (middle, _) => numbers[middle],
    }
}
