//! Reads and transforms images in the background while a network learns from those before.
//!
//! ```text
//!          indices in the epoch's order
//!                       │
//!   in the background:  source.get → transform → image, those of a batch in parallel
//!         ▲             │
//!  memory │             ▼ channel
//!         └──────  next_batch, where the network learns
//! ```
//!
//! What is prepared ahead is bounded by the memory that goes round: one batch in use and so many others. The threads
//! are the loader's own, not those of the pool that the network runs on, so that neither can wait for the other.

use super::batches::order;
use super::transform::Key;
use super::{Error, Source, Transform};
use cnn_runtime::parallel;
use cnn_runtime::sample::Sample;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::{fmt, marker, panic};

/// Cuts a source into batches of transformed images, in a new order for each epoch, and prepares them in the background.
///
/// Order and images of an epoch follow from the seed and the epoch's number alone: they are the same bits for any number
/// of threads, and training can go on where it stopped. The order is that of [`Batches`](super::Batches).
///
/// ```
/// use cnn::data::{Dataset, Loader, Transform};
/// use cnn::prelude::*;
///
/// let small = Dataset::new(vec![Image([[[0.0, 1.0]]]); 10], (0..10).collect())?;
/// let transform = Transform::new().random_horizontal_flip(0.5).resize(4, 4).rgb();
/// let loader = Loader::<Image<3, 4, 4>>::new(small, transform, 4).shuffled(42).drop_last();
/// let mut epoch = loader.epoch(0);
/// while let Some((images, labels)) = epoch.next_batch()? {
///     assert_eq!((images.len(), labels.len()), (4, 4));
/// }
/// # Ok::<(), cnn::data::Error>(())
/// ```
pub struct Loader<I> {
    work: Work,
    ahead: usize,
    images: marker::PhantomData<fn() -> I>,
}

/// What is done to make batches.
#[derive(Clone)]
struct Work {
    source: Arc<dyn Source>,
    transform: Transform,
    batch: usize,
    seed: Option<u64>,
    drop_last: bool,
    threads: usize,
}

impl<I: Sample> Loader<I> {
    /// Batches of `batch` items (at least one) in the source's order; the last of an epoch has what is left.
    ///
    /// A source that is needed elsewhere too goes into an [`Arc`].
    #[must_use]
    pub fn new(source: impl Source + 'static, transform: Transform, batch: usize) -> Self {
        let batch = batch.clamp(1, source.len().max(1));
        let (seed, threads) = (None, parallel::threads());
        let work = Work { source: Arc::new(source), transform, batch, seed, drop_last: false, threads };
        Self { work, ahead: 2, images: marker::PhantomData }
    }

    /// Shuffles each epoch, anew and evenly. Random transforms follow from this seed too; without it, from 0.
    #[must_use]
    pub fn shuffled(mut self, seed: u64) -> Self {
        self.work.seed = Some(seed);
        self
    }

    /// Leaves out the last batch of an epoch if it is smaller than the others.
    #[must_use]
    pub fn drop_last(mut self) -> Self {
        self.work.drop_last = true;
        self
    }

    /// How many batches (at least one) are prepared before they are asked for; 2 unless set.
    #[must_use]
    pub fn ahead(self, ahead: usize) -> Self {
        Self { ahead: ahead.max(1), ..self }
    }

    /// How many threads (at least one) prepare images; unless set, as many as the current rayon pool has. Without the
    /// feature `rayon` it is always one.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.work.threads = threads.max(1);
        self
    }

    /// How many items a batch has, the last one aside.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.work.batch
    }

    /// How many batches an epoch has.
    #[must_use]
    pub fn count(&self) -> usize {
        self.work.count()
    }

    /// Starts epoch number `epoch`: every item once. The first batches are prepared from now on.
    #[must_use]
    pub fn epoch(&self, epoch: u64) -> LoaderEpoch<I> {
        self.epoch_from(epoch, 0)
    }

    /// Starts in the middle of epoch number `epoch`, with its batch number `first`.
    #[must_use]
    pub fn epoch_from(&self, epoch: u64, first: usize) -> LoaderEpoch<I> {
        let (ready_sender, ready) = mpsc::channel();
        let (free, free_receiver) = mpsc::channel();
        for _ in 0..=self.ahead.min(self.count()) {
            // The receiver stands two lines above.
            let _ = free.send(Memory { images: I::zeros(self.work.batch), labels: vec![0; self.work.batch] });
        }
        let stop = Arc::new(AtomicBool::new(false));
        let (work, stopped) = (self.work.clone(), Arc::clone(&stop));
        let run = move || {
            let outcome = work.run(epoch, first, &free_receiver, &ready_sender, &stopped);
            if let Err(error) = outcome {
                // Nobody listens any more if the epoch was dropped.
                let _ = ready_sender.send(Err(error));
            }
        };
        let spawned = thread::Builder::new().name("cnn-loader".to_owned()).spawn(run);
        let (thread, failed) = match spawned {
            Ok(thread) => (Some(thread), None),
            Err(source) => (None, Some(Error::Thread { source })),
        };
        LoaderEpoch { ready, free: Some(free), current: None, thread, stop, failed }
    }
}

impl<I> fmt::Debug for Loader<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Work { source, transform, batch, seed, drop_last, threads } = &self.work;
        f.debug_struct("Loader")
            .field("items", &source.len())
            .field("transform", transform)
            .field("batch", batch)
            .field("seed", seed)
            .field("drop_last", drop_last)
            .field("threads", threads)
            .field("ahead", &self.ahead)
            .finish()
    }
}

/// Memory for the images and labels of a batch. The last batch of an epoch may leave some of it as it was.
struct Memory<I> {
    images: Vec<I>,
    labels: Vec<usize>,
}

/// A batch that is ready: its memory, and how many items it has.
type Ready<I> = Result<(Memory<I>, usize), Error>;

impl Work {
    fn count(&self) -> usize {
        let len = self.source.len();
        if self.drop_last { len / self.batch } else { len.div_ceil(self.batch) }
    }

    /// Makes all batches of an epoch from number `first` on, each as soon as there is memory for it.
    fn run<I: Sample>(
        &self,
        epoch: u64,
        first: usize,
        free: &Receiver<Memory<I>>,
        ready: &Sender<Ready<I>>,
        stop: &AtomicBool,
    ) -> Result<(), Error> {
        let threads = Threads::new(self.threads)?;
        let mut indices = vec![0; self.source.len()];
        order(self.seed, epoch, &mut indices);
        for indices in indices.chunks(self.batch).take(self.count()).skip(first) {
            let Ok(mut memory) = free.recv() else { break };
            let Memory { images, labels } = &mut memory;
            threads.fill(indices, images, labels, |index, image| {
                // What is made after the epoch was dropped is not looked at.
                if stop.load(Ordering::Relaxed) { Ok(0) } else { self.item(index, epoch, image) }
            })?;
            if ready.send(Ok((memory, indices.len()))).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Makes one image; gives its label.
    fn item<I: Sample>(&self, index: usize, epoch: u64, image: &mut I) -> Result<usize, Error> {
        let (picture, label) = self.source.get(index)?;
        let key = Key { seed: self.seed.unwrap_or(0), epoch, item: index as u64 };
        let written = self.transform.apply(picture, key).and_then(|picture| picture.write_to(image));
        written.map_err(|source| Error::Transform { item: self.source.name(index), source })?;
        Ok(label)
    }
}

/// The threads that make the images of a batch.
struct Threads {
    #[cfg(feature = "rayon")]
    pool: Option<rayon::ThreadPool>,
}

// Without rayon there is no pool that could fail or be asked.
#[cfg_attr(not(feature = "rayon"), allow(clippy::unnecessary_wraps, clippy::unused_self))]
impl Threads {
    #[cfg(feature = "rayon")]
    fn new(count: usize) -> Result<Self, Error> {
        if count == 1 {
            return Ok(Self { pool: None });
        }
        let named = rayon::ThreadPoolBuilder::new().thread_name(|index| format!("cnn-loader-{index}"));
        match named.num_threads(count).build() {
            Ok(pool) => Ok(Self { pool: Some(pool) }),
            Err(error) => Err(Error::Thread { source: std::io::Error::other(error) }),
        }
    }

    #[cfg(not(feature = "rayon"))]
    fn new(_count: usize) -> Result<Self, Error> {
        Ok(Self {})
    }

    /// Makes an image and a label for each index. If several fail, the error is that of the first.
    fn fill<I: Sample>(
        &self,
        indices: &[usize],
        images: &mut [I],
        labels: &mut [usize],
        make: impl Fn(usize, &mut I) -> Result<usize, Error> + Sync,
    ) -> Result<(), Error> {
        let fill = |((&index, image), label): ((&usize, &mut I), &mut usize)| {
            *label = make(index, image)?;
            Ok(())
        };
        #[cfg(feature = "rayon")]
        if let Some(pool) = &self.pool {
            use rayon::prelude::*;
            let images = &mut images[..indices.len()];
            let items = indices.par_iter().zip(images).zip(labels).with_max_len(1);
            return pool.install(|| items.map(fill).find_map_first(Result::err)).map_or(Ok(()), Err);
        }
        indices.iter().zip(images).zip(labels).try_for_each(fill)
    }
}

/// The images of a batch, and the numbers of their classes.
pub type LoaderBatch<'b, I> = (&'b [I], &'b [usize]);

/// One pass over a source, prepared in the background.
///
/// Dropping it ends the preparation: it waits for the images that are being made, and no other is begun.
pub struct LoaderEpoch<I> {
    ready: Receiver<Ready<I>>,
    /// Where memory goes that is used no more; `None` when no further batch is wanted.
    free: Option<Sender<Memory<I>>>,
    current: Option<Memory<I>>,
    thread: Option<JoinHandle<()>>,
    stop: Arc<AtomicBool>,
    failed: Option<Error>,
}

impl<I: Sample> LoaderEpoch<I> {
    /// The next images and the numbers of their classes; `None` at the end. Waits until they are ready.
    ///
    /// # Errors
    /// If an item cannot be read or transformed; the first in the epoch's order if there are several. The epoch is over
    /// then.
    ///
    /// # Panics
    /// If the source panicked.
    pub fn next_batch(&mut self) -> Result<Option<LoaderBatch<'_, I>>, Error> {
        if let (Some(memory), Some(free)) = (self.current.take(), &self.free) {
            // If nothing more is made, no memory is needed.
            let _ = free.send(memory);
        }
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        match self.ready.recv() {
            Ok(Ok((memory, len))) => {
                let Memory { images, labels } = self.current.insert(memory);
                Ok(Some((&images[..len], &labels[..len])))
            }
            Ok(Err(error)) => Err(error),
            Err(_) => {
                if let Some(Err(panicked)) = self.thread.take().map(JoinHandle::join) {
                    panic::resume_unwind(panicked);
                }
                Ok(None)
            }
        }
    }
}

impl<I> Drop for LoaderEpoch<I> {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.free = None;
        if let Some(thread) = self.thread.take() {
            // Its panic was not asked for, and a panic here could be the second.
            let _ = thread.join();
        }
    }
}

impl<I> fmt::Debug for LoaderEpoch<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoaderEpoch").field("in_use", &self.current.is_some()).finish_non_exhaustive()
    }
}
