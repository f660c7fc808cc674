//! What the machine does beside and for this process. Only Linux tells.

use std::time::Duration;

/// What the processors have done, in seconds of one core, or in cores.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Processors {
    /// For this process.
    pub(crate) own: f64,
    /// For all.
    pub(crate) busy: f64,
    /// Not at all: the hypervisor had other plans.
    pub(crate) steal: f64,
}

impl Processors {
    /// Seconds since the machine and the process started.
    #[cfg(target_os = "linux")]
    pub(crate) fn now() -> Option<Self> {
        use procfs::CurrentSI;
        let all = procfs::KernelStats::current().ok()?.total;
        let own = procfs::process::Process::myself().ok()?.stat().ok()?;
        let busy = [all.user, all.nice, all.system, all.irq.unwrap_or(0), all.softirq.unwrap_or(0)];
        let seconds = |ticks: u64| ticks as f64 / procfs::ticks_per_second() as f64;
        Some(Self {
            own: seconds(own.utime + own.stime),
            busy: seconds(busy.iter().sum()),
            steal: seconds(all.steal.unwrap_or(0)),
        })
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn now() -> Option<Self> {
        None
    }

    /// How many cores were at it since then, on average.
    pub(crate) fn since(self, before: Self, wall: Duration) -> Self {
        let cores = |before: f64, after: f64| (after - before) / wall.as_secs_f64();
        Self {
            own: cores(before.own, self.own),
            busy: cores(before.busy, self.busy),
            steal: cores(before.steal, self.steal),
        }
    }
}

/// The most memory that the process has had, in MiB.
#[cfg(target_os = "linux")]
pub(crate) fn peak_mebibytes() -> Option<f64> {
    let status = procfs::process::Process::myself().ok()?.status().ok()?;
    Some(status.vmhwm? as f64 / 1024.0)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn peak_mebibytes() -> Option<f64> {
    None
}
