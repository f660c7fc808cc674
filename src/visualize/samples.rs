//! What a classifier answers for some images.

use super::{Sheet, Tile, image_tile};
use crate::data::Loader;
use crate::train::metrics::confidence;
use cnn_runtime::network::Network;
use cnn_runtime::sample::Sample;
use std::fmt::Write as _;

/// An image and what a classifier said of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    /// The image.
    pub tile: Tile,
    /// Its class.
    pub label: usize,
    /// The class that it was taken for.
    pub class: usize,
    /// The probability of that.
    pub probability: f32,
}

impl Answer {
    /// `bag 97 %`, or for a mistake `bag 97 %, is a coat`.
    fn captioned(&self, names: &[&str]) -> Tile {
        let name = |class: usize| names.get(class).map_or(class.to_string(), |name| (*name).to_owned());
        let mut caption = format!("{} {:.0} %", name(self.class), 100.0 * self.probability);
        if self.class != self.label {
            let _ = write!(caption, ", is {}", name(self.label));
        }
        self.tile.clone().caption(caption)
    }
}

/// Answers of a classifier: the first of a set of images, and the mistakes of which it was surest.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Answers {
    /// For the first images.
    pub first: Vec<Answer>,
    /// Wrong ones, the surest first.
    pub mistakes: Vec<Answer>,
}

impl Answers {
    /// Asks a classifier for all images of a loader; keeps so many of each kind.
    ///
    /// # Errors
    /// If an image cannot be read.
    pub fn of<N: Network>(
        network: &N,
        loader: &Loader<N::Input>,
        count: usize,
    ) -> Result<Self, crate::Error> {
        let mut answers = Self { first: Vec::new(), mistakes: Vec::new() };
        let mut session = network.session(loader.batch());
        let mut outputs = N::Output::zeros(loader.batch());
        let mut epoch = loader.epoch(0);
        while let Some((images, labels)) = epoch.next_batch()? {
            let outputs = &mut outputs[..images.len()];
            session.forward(images, outputs)?;
            for ((image, output), label) in images.iter().zip(&*outputs).zip(labels) {
                answers.add(image, confidence(output), *label, count);
            }
        }
        Ok(answers)
    }

    fn add<I: Sample>(&mut self, image: &I, (class, probability): (usize, f32), label: usize, count: usize) {
        let answer = || Answer { tile: image_tile(image), label, class, probability };
        if self.first.len() < count {
            self.first.push(answer());
        }
        let place = self.mistakes.partition_point(|other| other.probability >= probability);
        if class != label && place < count {
            self.mistakes.truncate(count - 1);
            self.mistakes.insert(place, answer());
        }
    }

    /// A sheet of some of them, under each what was said and, if that is wrong, what it is. A class without a name is a number.
    #[must_use]
    pub fn sheet(answers: &[Answer], names: &[&str]) -> Sheet {
        Sheet::new(answers.iter().map(|answer| answer.captioned(names)).collect()).columns(8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cnn_runtime::sample::Image;

    #[test]
    fn the_surest_mistakes_are_kept_in_order() {
        let mut answers = Answers { first: Vec::new(), mistakes: Vec::new() };
        for (i, (class, probability)) in
            [(0, 0.9), (1, 0.5), (1, 0.8), (2, 0.6), (1, 0.7)].into_iter().enumerate()
        {
            answers.add(&Image([[[i as f32, 9.0]]]), (class, probability), 0, 3);
        }
        assert_eq!(answers.first.iter().map(|answer| answer.class).collect::<Vec<_>>(), [0, 1, 1]);
        let captions: Vec<_> = Answers::sheet(&answers.mistakes, &["bag", "coat"])
            .tiles()
            .iter()
            .map(|t| t.caption.clone())
            .collect();
        assert_eq!(captions, ["coat 80 %, is bag", "coat 70 %, is bag", "2 60 %, is bag"]);
        assert_eq!(answers.first[0].captioned(&["bag"]).caption, "bag 90 %");
    }
}
