//! Time on one core, and what it comes to: GFLOP/s, and a share of what the core can do at most.
//!
//! A benchmark's elements are multiply-adds. Those that move numbers rather than multiply give bytes.

use cnn_runtime::peak;
use criterion::Throughput;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use rustix::time::{ClockId, clock_gettime};
use std::cell::Cell;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Processor time of the thread that runs the benchmark: what else is on the machine takes none of it.
pub(crate) struct CoreTime {
    /// Multiply-adds in a nanosecond, from registers alone, and when that was measured.
    peak: Cell<(f64, Instant)>,
}

/// A peak is of use for so long: a core's speed changes with what the others do.
const LASTS: Duration = Duration::from_millis(500);

impl CoreTime {
    pub(crate) fn new() -> Self {
        Self { peak: Cell::new((measured_peak(), Instant::now())) }
    }

    /// The peak, measured beside the kernel that is reported.
    fn peak(&self) -> f64 {
        if self.peak.get().1.elapsed() > LASTS {
            self.peak.set((measured_peak(), Instant::now()));
        }
        self.peak.get().0
    }
}

fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

fn since(start: Duration) -> Duration {
    now().saturating_sub(start)
}

/// The best of several short times: what disturbs one of them can only make it longer.
fn measured_peak() -> f64 {
    const TURNS: usize = 100_000;
    let rate = |_| {
        let start = now();
        black_box(peak::multiply_adds(black_box(TURNS)));
        (TURNS * peak::PER_TURN) as f64 / since(start).as_nanos() as f64
    };
    (0..50).map(rate).fold(0.0, f64::max)
}

impl Measurement for CoreTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        now()
    }
    fn end(&self, start: Duration) -> Duration {
        since(start)
    }
    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }
    fn zero(&self) -> Duration {
        Duration::ZERO
    }
    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }
    fn formatter(&self) -> &dyn ValueFormatter {
        self
    }
}

impl ValueFormatter for CoreTime {
    fn format_throughput(&self, throughput: &Throughput, ns: f64) -> String {
        match *throughput {
            Throughput::Elements(multiply_adds) => {
                let rate = multiply_adds as f64 / ns;
                format!("{:.1} GFLOP/s = {:.1} %", 2.0 * rate, 100.0 * rate / self.peak())
            }
            Throughput::Bits(_)
            | Throughput::Bytes(_)
            | Throughput::BytesDecimal(_)
            | Throughput::ElementsAndBytes { .. } => WallTime.formatter().format_throughput(throughput, ns),
        }
    }
    fn scale_values(&self, typical: f64, values: &mut [f64]) -> &'static str {
        WallTime.formatter().scale_values(typical, values)
    }
    fn scale_throughputs(&self, typical: f64, throughput: &Throughput, values: &mut [f64]) -> &'static str {
        WallTime.formatter().scale_throughputs(typical, throughput, values)
    }
    fn scale_for_machines(&self, values: &mut [f64]) -> &'static str {
        WallTime.formatter().scale_for_machines(values)
    }
}
