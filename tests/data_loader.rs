//! The loader: what it gives is the same for any number of threads, is ready before it is asked for, and ends when it
//! should.

use cnn::data::transform::{ColorJitter, Key};
use cnn::data::{Batches, Dataset, Error, Loader, Picture, Source, Transform};
use cnn::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Longer than anything here takes; only a test that fails waits for it.
const LONG: Duration = Duration::from_secs(60);

/// Item n is a picture of its own, with label n.
struct Numbered {
    len: usize,
    channels: usize,
}

impl Source for Numbered {
    fn len(&self) -> usize {
        self.len
    }

    fn get(&self, index: usize) -> Result<(Picture, usize), Error> {
        let (height, width) = (9 + index % 3, 8 + index % 4);
        let len = self.channels * height * width;
        let numbers = (0..len).map(|i| ((i * 7 + index * 13) % 101) as f32 / 100.0).collect();
        let picture = Picture::new(self.channels, height, width, numbers);
        Ok((picture.map_err(|error| Error::item(self.name(index), error))?, index))
    }
}

const COLOUR: Numbered = Numbered { len: 23, channels: 3 };

fn augment() -> Transform {
    Transform::new()
        .random_resized_crop(8, 8, 0.2..=1.0, 0.75..=4.0 / 3.0)
        .random_horizontal_flip(0.5)
        .color_jitter(ColorJitter { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 })
        .normalize(&[0.5; 3], &[0.25; 3])
}

fn loader(source: impl Source + 'static, batch: usize) -> Loader<Image<3, 8, 8>> {
    Loader::new(source, augment(), batch)
}

/// The bits and the labels of each batch of an epoch.
fn contents(loader: &Loader<Image<3, 8, 8>>, epoch: u64) -> Vec<(Vec<u32>, Vec<usize>)> {
    let mut epoch = loader.epoch(epoch);
    let mut all = Vec::new();
    while let Some((images, labels)) = epoch.next_batch().unwrap() {
        assert_eq!(images.len(), labels.len());
        let bits = Image::as_numbers(images).iter().map(|number| number.to_bits());
        all.push((bits.collect(), labels.to_vec()));
    }
    assert!(matches!(epoch.next_batch(), Ok(None)), "the end stays the end");
    all
}

#[test]
fn the_bits_do_not_depend_on_threads() {
    let on = |threads, ahead| {
        let loader = loader(COLOUR, 5).shuffled(7).threads(threads).ahead(ahead);
        [0, 1, 9].map(|epoch| contents(&loader, epoch))
    };
    let one = on(1, 1);
    for (threads, ahead) in [(1, 4), (2, 1), (2, 3), (3, 2), (3, 100)] {
        assert_eq!(one, on(threads, ahead), "{threads} threads, {ahead} ahead");
    }
    // An item changes from epoch to epoch, and with the seed.
    let sorted = |epoch: &[(Vec<u32>, Vec<usize>)]| {
        let per_item = |(bits, labels): &(Vec<u32>, Vec<usize>)| {
            labels.iter().copied().zip(bits.chunks(3 * 64).map(<[u32]>::to_vec)).collect::<Vec<_>>()
        };
        let mut items: Vec<_> = epoch.iter().flat_map(per_item).collect();
        items.sort_by_key(|(label, _)| *label);
        items
    };
    let other_seed = contents(&loader(COLOUR, 5).shuffled(8), 0);
    for other in [&one[1], &other_seed] {
        assert!(sorted(&one[0]).iter().zip(sorted(other)).all(|(a, b)| a.0 == b.0 && a.1 != b.1));
    }
    // The bits of an item do not depend on its place in the epoch: batches of another size hold the same.
    let cut_otherwise = contents(&loader(COLOUR, 8).shuffled(7), 0);
    assert_eq!(sorted(&one[0]), sorted(&cut_otherwise));
}

#[test]
fn a_batch_is_its_items_transformed() {
    let loader = loader(COLOUR, 4).shuffled(1);
    let mut epoch = loader.epoch(5);
    while let Some((images, labels)) = epoch.next_batch().unwrap() {
        for (image, &label) in images.iter().zip(labels) {
            let (picture, _) = COLOUR.get(label).unwrap();
            let expected = augment().apply(picture, Key { seed: 1, epoch: 5, item: label as u64 }).unwrap();
            assert_eq!(Image::as_numbers(std::slice::from_ref(image)), expected.numbers());
        }
    }
}

#[test]
fn the_order_is_that_of_batches() {
    let images = Image::<1, 1, 1>::zeros(23);
    let dataset = Arc::new(Dataset::new(images, (0..23).collect()).unwrap());
    for (number, seed) in [(0, None), (0, Some(5)), (3, Some(5)), (3, Some(6))] {
        let mut batches = Batches::new(&dataset, 5);
        let mut loader = Loader::<Image<1, 1, 1>>::new(Arc::clone(&dataset), Transform::new(), 5);
        if let Some(seed) = seed {
            (batches, loader) = (batches.shuffled(seed), loader.shuffled(seed));
        }
        assert_eq!(loader.count(), batches.count());
        let (mut expected, mut found) = (batches.epoch(number), loader.epoch(number));
        while let Some((_, labels)) = found.next_batch().unwrap() {
            let (_, expected) = expected.next_batch().unwrap();
            assert!(labels.iter().copied().eq(expected.iter().map(|&label| usize::from(label))));
        }
        assert!(expected.next_batch().is_none());
    }
}

#[test]
fn the_last_batch_is_kept_or_dropped() {
    let sizes = |len, batch, drop_last| {
        let mut loader = loader(Numbered { len, channels: 3 }, batch).shuffled(0);
        if drop_last {
            loader = loader.drop_last();
        }
        let sizes: Vec<_> = contents(&loader, 0).iter().map(|(_, labels)| labels.len()).collect();
        assert_eq!(sizes.len(), loader.count());
        sizes
    };
    assert_eq!(sizes(10, 4, false), [4, 4, 2]);
    assert_eq!(sizes(10, 4, true), [4, 4]);
    assert_eq!(sizes(8, 4, true), [4, 4]);
    assert_eq!(sizes(2, 0, true), [1, 1]);
    // More than there is at a time is all there is, as in `Batches`.
    assert_eq!(sizes(3, usize::MAX, true), [3]);
    assert_eq!(sizes(0, 4, false), [0; 0]);
}

/// Tells which items it was asked for, and waits with each until it may.
struct Gated {
    asked: Mutex<Sender<usize>>,
    gate: Option<Mutex<Receiver<()>>>,
}

impl Gated {
    fn open() -> (Self, Receiver<usize>) {
        let (asked, items) = mpsc::channel();
        (Self { asked: Mutex::new(asked), gate: None }, items)
    }
}

impl Source for Gated {
    fn len(&self) -> usize {
        20
    }

    fn get(&self, index: usize) -> Result<(Picture, usize), Error> {
        // A test that has seen enough listens no more.
        let _ = self.asked.lock().unwrap().send(index);
        if let Some(gate) = &self.gate {
            let _ = gate.lock().unwrap().recv();
        }
        COLOUR.get(index)
    }
}

#[test]
fn batches_are_prepared_before_they_are_asked_for_but_not_without_end() {
    for threads in [1, 2] {
        let (source, asked) = Gated::open();
        let loader = loader(source, 2).ahead(3).threads(threads);
        let mut epoch = loader.epoch(0);
        let next_asked = |count: usize| {
            let mut items: Vec<_> = (0..count).map(|_| asked.recv_timeout(LONG).expect("more")).collect();
            items.sort_unstable();
            items
        };
        // Nothing was asked for, and the memory for a batch in use and three others is filled.
        assert_eq!(next_asked(8), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert!(asked.recv_timeout(Duration::from_millis(100)).is_err(), "no memory for a fifth batch");
        assert_eq!(epoch.next_batch().unwrap().unwrap().1, [0, 1]);
        assert!(asked.recv_timeout(Duration::from_millis(100)).is_err(), "the first is in use");
        // Asking for the second gives the first one's memory back.
        assert_eq!(epoch.next_batch().unwrap().unwrap().1, [2, 3]);
        assert_eq!(next_asked(2), [8, 9]);
        assert!(asked.recv_timeout(Duration::from_millis(100)).is_err());
    }
}

#[test]
fn an_epoch_that_is_dropped_stops() {
    let most = if cfg!(feature = "rayon") { 2 } else { 1 };
    for threads in 1..=most {
        let (asked, items) = mpsc::channel();
        let (open, gate) = mpsc::channel();
        let source = Arc::new(Gated { asked: Mutex::new(asked), gate: Some(Mutex::new(gate)) });
        let loader = loader(Arc::clone(&source), 10).threads(threads);
        let epoch = loader.epoch(0);
        // Moved behind the epoch, so that a test that fails opens the gate before it waits for it.
        let open = open;
        for _ in 0..threads {
            items.recv_timeout(LONG).expect("each thread is in the middle of an item");
        }
        let dropped = std::thread::spawn(move || drop(epoch));
        // When the epoch hears that it is dropped cannot be seen, so items are let through slowly.
        while !dropped.is_finished() {
            let _ = open.send(());
            std::thread::sleep(Duration::from_millis(50));
        }
        dropped.join().unwrap();
        assert!(items.try_iter().count() < 20 - threads, "the epoch was made to its end");
        drop(loader);
        assert_eq!(Arc::strong_count(&source), 1, "no thread holds the source");
    }
}

#[test]
fn an_epoch_can_be_left_at_any_time() {
    let source = Arc::new(COLOUR);
    for taken in 0..4 {
        let loader = loader(Arc::clone(&source), 5);
        let mut epoch = loader.epoch(0);
        for _ in 0..taken {
            assert!(epoch.next_batch().unwrap().is_some());
        }
        drop((epoch, loader));
        assert_eq!(Arc::strong_count(&source), 1);
    }
}

/// Some items are damaged.
struct Damaged(AtomicUsize);

impl Source for Damaged {
    fn len(&self) -> usize {
        12
    }

    fn get(&self, index: usize) -> Result<(Picture, usize), Error> {
        self.0.fetch_add(1, Ordering::Relaxed);
        if index == 5 || index == 7 {
            return Err(Error::item(self.name(index), "it is torn"));
        }
        COLOUR.get(index)
    }

    fn name(&self, index: usize) -> String {
        format!("page {index}")
    }
}

#[test]
fn errors_come_out_in_their_place_and_end_the_epoch() {
    for threads in [1, 2, 3] {
        let loader = loader(Damaged(AtomicUsize::new(0)), 4).threads(threads);
        let mut epoch = loader.epoch(0);
        assert_eq!(epoch.next_batch().unwrap().unwrap().1, [0, 1, 2, 3]);
        let error = epoch.next_batch().unwrap_err();
        assert_eq!(error.to_string(), "page 5: it is torn");
        assert!(epoch.next_batch().unwrap().is_none());
        assert!(epoch.next_batch().unwrap().is_none());
    }
}

#[test]
fn what_the_network_cannot_take_is_an_error_that_names_the_item() {
    let grey = Numbered { len: 3, channels: 1 };
    let loader = Loader::<Image<3, 8, 8>>::new(grey, Transform::new().resize(8, 8), 2);
    let error = loader.epoch(0).next_batch().unwrap_err();
    assert!(matches!(error, Error::Transform { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "item 0: the picture is 1×8×8, expected 3×8×8; the transform `rgb` gives it three channels"
    );
    let error = self::loader(Numbered { len: 3, channels: 1 }, 2).epoch(0).next_batch().unwrap_err();
    assert_eq!(error.to_string(), "item 0: normalize: the picture's channels are 1, expected 3");
}

/// A mistake of whoever wrote the source.
struct Panics;

impl Source for Panics {
    fn len(&self) -> usize {
        4
    }

    fn get(&self, index: usize) -> Result<(Picture, usize), Error> {
        assert!(index < 2, "the source is broken");
        COLOUR.get(index)
    }
}

#[test]
fn a_panic_of_the_source_is_not_the_end_of_an_epoch() {
    for threads in [1, 2] {
        let loader = loader(Panics, 2).threads(threads);
        let mut epoch = loader.epoch(0);
        assert!(epoch.next_batch().unwrap().is_some());
        let caught = catch_unwind(AssertUnwindSafe(|| epoch.next_batch().map(|batch| batch.is_some())));
        let message = *caught.unwrap_err().downcast::<&str>().unwrap();
        assert_eq!(message, "the source is broken");
        // Nobody asked: dropping says nothing.
        drop(loader.epoch(0));
    }
}

#[test]
fn a_network_learns_from_a_loader() {
    network!(
        pub fn Small(image: Image<3, 8, 8>) -> Vector<3> {
            conv2d(4, kernel_size = 3);
            relu;
            flatten;
            linear(3)
        }
    );
    /// Red, green and blue squares.
    struct Colours;
    impl Source for Colours {
        fn len(&self) -> usize {
            96
        }
        fn get(&self, index: usize) -> Result<(Picture, usize), Error> {
            let label = index % 3;
            let planes: Vec<u8> =
                (0..3).flat_map(|channel| [if channel == label { 200 } else { 40 }; 100]).collect();
            let picture = Picture::from_planes(3, 10, 10, &planes);
            Ok((picture.map_err(|error| Error::item(self.name(index), error))?, label))
        }
    }
    let trained = |threads| {
        let transform = Transform::new().random_crop(8, 8, 1).random_horizontal_flip(0.5);
        let loader = Loader::new(Colours, transform, 16).shuffled(3).threads(threads);
        let mut net = Small::new(1);
        let mut trainer = Trainer::new(&mut net, Adam::new(0.01));
        let mut losses = Vec::new();
        for number in 0..5 {
            let mut epoch = loader.epoch(number);
            while let Some((images, labels)) = epoch.next_batch().unwrap() {
                losses.push(trainer.step(images, labels).unwrap());
            }
        }
        losses
    };
    let losses = trained(1);
    assert!(losses[losses.len() - 1] < 0.1 * losses[0], "{losses:?}");
    assert_eq!(losses, trained(2));
}
