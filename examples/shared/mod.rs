//! What the training examples have in common: the command line's values, and an epoch's figures.

pub(crate) mod arguments;

use std::process::ExitCode;

/// Ends a program: an error is a sentence, not a trace.
pub(crate) fn finish(result: Result<(), cnn::Error>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Works on so many threads from now on, if that is asked for.
pub(crate) fn use_threads(threads: Option<usize>) -> Result<(), cnn::Error> {
    let Some(threads) = threads else { return Ok(()) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    pool.map_err(|error| std::io::Error::other(format!("cannot start {threads} threads: {error}")))?;
    Ok(())
}

/// What an epoch of training came to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Epoch {
    /// Mean over the epoch, each batch measured before it was learned from.
    pub(crate) loss: f64,
    pub(crate) accuracy: f64,
    pub(crate) images_per_second: f64,
}

impl Epoch {
    /// A line of JSON, for a program that reads the last line.
    pub(crate) fn json(&self, net: &str, epochs: u64, test_accuracy: f32, parameters: usize) -> String {
        // JSON has no NaN and no infinity: a loss that ran away is null.
        let loss = if self.loss.is_finite() { format!("{:.5}", self.loss) } else { "null".to_owned() };
        format!(
            "{{\"net\":\"{net}\",\"epochs\":{epochs},\"train_loss\":{loss},\"train_accuracy\":{:.5},\
             \"test_accuracy\":{test_accuracy:.5},\"images_per_second\":{:.0},\"parameters\":{parameters}}}",
            self.accuracy, self.images_per_second,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_holds_every_figure() {
        let line = Epoch { loss: 0.5, accuracy: 0.8, images_per_second: 1234.4 }.json("net", 10, 0.75, 61706);
        assert_eq!(
            line,
            "{\"net\":\"net\",\"epochs\":10,\"train_loss\":0.50000,\"train_accuracy\":0.80000,\
             \"test_accuracy\":0.75000,\"images_per_second\":1234,\"parameters\":61706}"
        );
    }

    #[test]
    fn a_loss_that_ran_away_is_null_in_json() {
        for loss in [f64::NAN, f64::INFINITY] {
            let line = Epoch { loss, ..Epoch::default() }.json("net", 1, 0.1, 1);
            assert!(line.contains("\"train_loss\":null,"), "{line}");
        }
    }
}
