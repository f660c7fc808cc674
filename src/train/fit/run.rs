//! The loops.

use super::callback::tell;
use super::finite::{NotFinite, Place};
use super::history::{End, EpochRecord, History, StepPoint, StepRecord};
use super::{Fit, Flow, Rates, Start, TrainingData};
use crate::names::within;
use crate::weights::file;
use crate::{Error, network};
use cnn_runtime::loss::Loss;
use cnn_runtime::network::{Network, TensorInfo};
use cnn_runtime::optim::{Optimizer, gradients};
use std::mem;
use std::time::Instant;

impl<N, O, L, D> Fit<'_, '_, N, O, L, D>
where
    N: Network,
    O: Optimizer,
    D: TrainingData<N::Input>,
    L: Loss<N::Output, D::Target>,
{
    /// Trains; gives the figures of all epochs.
    ///
    /// # Errors
    /// If the data or a callback gives one, a step cannot be taken, its loss or gradient is not finite, a checkpoint cannot be
    /// written, or the run does not have the figure that it should watch. The network is what it was after the last step.
    pub fn run(mut self) -> Result<History, Error> {
        let before = self.trainer.set_finite_only(true);
        let outcome = self.all_epochs();
        self.trainer.set_finite_only(before);
        outcome?;
        let history = self.state.history;
        for callback in &mut self.callbacks {
            callback.on_end(&history)?;
        }
        Ok(history)
    }

    fn all_epochs(&mut self) -> Result<(), Error> {
        let batches = self.data.batches();
        if batches == 0 {
            return Err(network::Error::EmptyBatch.into());
        }
        self.state.history.layers = layers::<N>().map(|(layer, _)| layer).collect();
        let mut watch = self.watch();
        let mut enough = false;
        for record in &mut self.state.history.epochs {
            enough = watch.observe(record)?;
        }
        let history = &self.state.history;
        let start =
            Start { network: N::NAME, parameters: N::PARAMETERS, epochs: self.epochs, batches, history };
        for callback in &mut self.callbacks {
            callback.on_start(&start)?;
        }
        while self.state.epoch < self.epochs && !enough {
            if self.train_epoch()? == Flow::Stop {
                self.state.history.end = End::Callback;
                return self.save_state();
            }
            let mut record = self.end_epoch()?;
            enough = watch.observe(&mut record)?;
            if let (true, Some(path)) = (record.best, &self.best) {
                self.trainer.save_checkpoint(path)?;
            }
            let flow = tell(&mut self.callbacks, |callback| callback.on_epoch(&record))?;
            self.state.history.epochs.push(record);
            self.save_state()?;
            if flow == Flow::Stop {
                self.state.history.end = End::Callback;
                return Ok(());
            }
        }
        self.state.history.end = if enough { End::EarlyStopping } else { End::Completed };
        Ok(())
    }

    /// Learns from what is left of the epoch; gives whether it should go on after that.
    fn train_epoch(&mut self) -> Result<Flow, Error> {
        let Self { trainer, data, correct, gradient_norms, rates, callbacks, state, .. } = self;
        let (epoch, batches) = (state.epoch, data.batches() as u64);
        let mut flow = Flow::Continue;
        let (start, seconds) = (Instant::now(), state.running.seconds);
        data.epoch(epoch, state.batch, &mut |inputs, targets| {
            let step = epoch * batches + state.batch as u64;
            let rate = match rates {
                Some(Rates::OfSteps(schedule)) => Some(schedule.rate(step)),
                Some(Rates::OfEpochs(schedule)) => Some(schedule.rate(epoch)),
                None => None,
            };
            if let Some(rate) = rate {
                trainer.optimizer_mut().set_learning_rate(rate);
            }
            let loss = match trainer.step(inputs, targets) {
                Err(network::Error::NotFinite { .. }) => {
                    let place = Place::find(trainer, inputs);
                    return Err(NotFinite { step, epoch, place }.into());
                }
                loss => loss?,
            };
            let running = &mut state.running;
            running.images += inputs.len() as u64;
            running.loss += f64::from(loss) * inputs.len() as f64;
            if let Some(correct) = correct {
                running.correct += correct(trainer.outputs(), targets)? as u64;
            }
            running.seconds = seconds + start.elapsed().as_secs_f64();
            let measured = gradient_norms.is_some_and(|every| step.is_multiple_of(every));
            let record = StepRecord {
                step,
                epoch,
                batch: state.batch,
                images: inputs.len(),
                loss,
                learning_rate: trainer.optimizer().learning_rate(),
                so_far: running.scores(correct.is_some()),
                images_per_second: running.images_per_second(),
                gradient_norms: if measured { norms(trainer) } else { Vec::new() },
            };
            state.batch += 1;
            state.history.steps.push(StepPoint { step, loss, learning_rate: record.learning_rate });
            flow = tell(callbacks, |callback| callback.on_step(&record))?;
            if measured {
                state.history.gradient_norms.push((step, record.gradient_norms));
            }
            Ok(flow)
        })?;
        Ok(flow)
    }
}

impl<N: Network, O: Optimizer, L, D: TrainingData<N::Input>> Fit<'_, '_, N, O, L, D> {
    /// Tests the network, and begins with the next epoch.
    fn end_epoch(&mut self) -> Result<EpochRecord, Error> {
        let network = self.trainer.network();
        let validation = self.validation.as_mut().map(|validation| validation(network)).transpose()?;
        let running = mem::take(&mut self.state.running);
        let record = EpochRecord {
            epoch: self.state.epoch,
            steps: (self.state.epoch + 1) * self.data.batches() as u64,
            training: running.scores(self.correct.is_some()),
            validation,
            learning_rate: self.trainer.optimizer().learning_rate(),
            seconds: running.seconds,
            images_per_second: running.images_per_second(),
            best: false,
        };
        (self.state.epoch, self.state.batch) = (self.state.epoch + 1, 0);
        Ok(record)
    }

    fn save_state(&self) -> Result<(), Error> {
        let Some(path) = &self.checkpoint else { return Ok(()) };
        Ok(file::write(path, &self.trainer.encode(self.state.write(self.data.batches())))?)
    }
}

/// Each layer that learns, with its parameters.
fn layers<N: Network>() -> impl Iterator<Item = (&'static str, Vec<&'static TensorInfo>)> {
    N::LAYERS.iter().filter(|layer| layer.parameters > 0).map(|layer| {
        let own = |info: &&TensorInfo| info.kind.is_parameter() && within(info.name, layer.name);
        (layer.name, N::TENSORS.iter().filter(own).collect())
    })
}

/// The norm of each layer's gradient.
fn norms<N: Network, O: Optimizer, L>(trainer: &super::Trainer<'_, N, O, L>) -> Vec<f32> {
    let norm = |info: &TensorInfo| trainer.gradient(info.name).map_or(0.0, |g| gradients::norm(g.numbers()));
    layers::<N>().map(|(_, tensors)| tensors.into_iter().map(norm).fold(0.0, f32::hypot)).collect()
}
