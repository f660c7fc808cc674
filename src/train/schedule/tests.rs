//! Rates are what PyTorch 2.15.0 gives:
//!
//! ```python
//! from torch.optim.lr_scheduler import *
//! def rates(make, n):
//!     o = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
//!     s = make(o)
//!     for i in range(n):
//!         yield o.param_groups[0]["lr"]
//!         o.step()
//!         if i + 1 < n: s.step()
//! ```

use super::*;

/// Asserts the rates of 0, 1, 2, …
fn check(what: &str, schedule: &impl Schedule, expected: &[f64]) {
    for (t, expected) in (0..).zip(expected) {
        let found = f64::from(schedule.rate(t));
        assert!(
            (found - expected).abs() <= 1e-7 * expected.abs() + 1e-12,
            "{what}: {found} at {t}, not {expected}"
        );
    }
}

#[test]
fn steps_are_pytorchs() {
    // rates(lambda o: StepLR(o, 3, 0.5), 10)
    let expected = [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025, 0.0125];
    check("StepLR", &Step::new(0.1, 3, 0.5), &expected);
    // rates(lambda o: MultiStepLR(o, [2, 5, 5, 7], 0.1), 10)
    let expected = [0.1, 0.1, 0.01, 0.01, 0.01, 1e-4, 1e-4, 1e-5, 1e-5, 1e-5];
    check("MultiStepLR", &MultiStep::new(0.1, [2, 5, 5, 7], 0.1), &expected);
    // rates(lambda o: ExponentialLR(o, 0.9), 10)
    let expected = [
        0.1,
        0.09,
        0.081,
        0.0729,
        0.06561,
        0.059_049,
        0.053_144_1,
        0.047_829_69,
        0.043_046_721,
        0.038_742_048_9,
    ];
    check("ExponentialLR", &Exponential::new(0.1, 0.9), &expected);
}

#[test]
fn a_cosine_is_pytorchs() {
    // rates(lambda o: CosineAnnealingLR(o, 6, eta_min=0.01), 14)
    let down = [0.1, 0.093_971_143_2, 0.0775, 0.055, 0.0325, 0.016_028_856_8, 0.01];
    let up_again = down.iter().rev().skip(1).chain([&0.093_971_143_2]);
    let expected: Vec<f64> = down.iter().chain(up_again).copied().collect();
    check("CosineAnnealingLR", &CosineAnnealing::new(0.1, 6).eta_min(0.01), &expected);
}

#[test]
fn a_warm_up_is_pytorchs() {
    // rates(lambda o: SequentialLR(o, [LinearLR(o, 0.25, total_iters=4), StepLR(o, 3, 0.5)], [4]), 12)
    let expected = [0.025, 0.043_75, 0.0625, 0.081_25, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025];
    check("LinearLR, StepLR", &Warmup::new(4, 0.25, Step::new(0.1, 3, 0.5)), &expected);
    // rates(lambda o: SequentialLR(o, [LinearLR(o, 0.1, total_iters=3), CosineAnnealingLR(o, 5)], [3]), 10)
    let expected =
        [0.01, 0.04, 0.07, 0.1, 0.090_450_849_7, 0.065_450_849_7, 0.034_549_150_3, 0.009_549_150_28, 0.0];
    let cosine: Box<dyn Schedule> = Box::new(CosineAnnealing::new(0.1, 5));
    check("LinearLR, CosineAnnealingLR", &Warmup::new(3, 0.1, cosine), &expected);
    check("no warm-up", &Warmup::new(0, 0.1, Exponential::new(0.1, 0.9)), &[0.1, 0.09]);
}

#[test]
fn one_cycle_is_pytorchs() {
    // rates(lambda o: OneCycleLR(o, 0.1, total_steps=10), 10)
    let expected = [
        0.004,
        0.052,
        0.1,
        0.095_048_463_2,
        0.081_174_565_4,
        0.061_126_202_2,
        0.038_874_197_8,
        0.018_825_834_6,
        0.004_951_936_8,
        4e-7,
    ];
    check("OneCycleLR", &OneCycle::new(0.1, 10), &expected);
    // rates(lambda o: OneCycleLR(o, 0.1, total_steps=10, anneal_strategy="linear", pct_start=0.4, div_factor=10,
    //     final_div_factor=100), 10)
    let expected = [0.01, 0.04, 0.07, 0.1, 0.083_35, 0.0667, 0.050_05, 0.0334, 0.016_75, 0.0001];
    let linear =
        OneCycle::new(0.1, 10).anneal(Anneal::Linear).pct_start(0.4).div_factor(10.0).final_div_factor(100.0);
    check("OneCycleLR, linear", &linear, &expected);
    // rates(lambda o: OneCycleLR(o, 0.1, total_steps=12, three_phase=True), 12)
    let expected = [
        0.004,
        0.034_978_965_4,
        0.087_928_515_9,
        0.094_501_889_2,
        0.046_214_239_3,
        0.005_394_792_76,
        0.003_815_169_32,
        0.003_122_461_89,
        0.002_108_466_99,
        0.001_063_476_8,
        0.000_286_657_019,
        4e-7,
    ];
    check("OneCycleLR, three phases", &OneCycle::new(0.1, 12).three_phase(), &expected);
    // [list(rates(lambda o: OneCycleLR(o, 0.1, total_steps=n), n)) for n in (1, 2, 3)]
    check("of 1 step", &OneCycle::new(0.1, 1), &[4e-7]);
    check("of 2 steps", &OneCycle::new(0.1, 2), &[0.081_174_565_4, 4e-7]);
    check("of 3 steps", &OneCycle::new(0.1, 3), &[0.099_441_543_5, 0.046_263_710_3, 4e-7]);
}

/// Where PyTorch raises an error.
#[test]
fn no_number_is_out_of_reach() {
    check("after the last step", &OneCycle::new(0.1, 2), &[0.081_174_565_4, 4e-7, 4e-7, 4e-7]);
    check("up in no time", &OneCycle::new(0.1, 10).pct_start(0.1), &[0.1]);
    check("steps of none", &Step::new(0.1, 0, 0.5), &[0.1, 0.05]);
    check("a cosine of none", &CosineAnnealing::new(0.1, 0), &[0.1, 0.0]);
    check("a cycle of none", &OneCycle::new(0.1, 0), &[4e-7]);
    assert!(Exponential::new(0.1, 0.9).rate(u64::MAX).abs() < 1e-30);
}
