//! Any of the classic networks on images of ten classes.
//!
//! `cargo run --release --example train --all-features -- --net resnet18` trains on the subset of Fashion-MNIST in this repository;
//! `-- --help` lists the options.

mod options;
#[path = "../shared/mod.rs"]
mod shared;

use clap::Parser;
use cnn::data::{ImageFolder, Loader, Picture, Source, Transform, fashion_mnist};
use cnn::models::{GoogLeNet, LeNet};
use cnn::optim::Clip;
use cnn::prelude::*;
use cnn::train::schedule::{CosineAnnealing, OneCycle};
use cnn::train::{
    Callback, EarlyStopping, EpochRecord, Fit, Flow, Groups, History, Interrupt, JsonLines, Progress,
    evaluate_loader,
};
use cnn::visualize::{Answers, Page, report};
use options::{Net, Options, Rates, Size};
use shared::arguments::Choice;
use shared::{Epoch, finish, use_threads};
use std::cell::Cell;
use std::process::ExitCode;
use std::sync::Arc;

cnn::network!(
    use cnn::models::{AlexNet, DenseNet121, GoogLeNet, MobileNetV2, NiN, ResNet18, SqueezeNet, Vgg};

    pub type AlexNet96 = AlexNet<10, 96>;
    pub type AlexNet224 = AlexNet<10, 224>;
    pub type Vgg96 = Vgg<{ VGG11 }, 1, 10, 96>;
    pub type Vgg224 = Vgg<{ VGG11 }, 1, 10, 224>;
    pub type VggQuarter96 = Vgg<{ VGG11 }, 4, 10, 96>;
    pub type VggQuarter224 = Vgg<{ VGG11 }, 4, 10, 224>;
    pub type Vgg16At96 = Vgg<{ VGG16 }, 1, 10, 96>;
    pub type Vgg16At224 = Vgg<{ VGG16 }, 1, 10, 224>;
    pub type Vgg19At96 = Vgg<{ VGG19 }, 1, 10, 96>;
    pub type Vgg19At224 = Vgg<{ VGG19 }, 1, 10, 224>;
    pub type NiN96 = NiN<10, 96>;
    pub type NiN224 = NiN<10, 224>;
    pub type GoogLeNet224 = GoogLeNet<10, 224>;
    pub type ResNet96 = ResNet18<10, 96>;
    pub type ResNet224 = ResNet18<10, 224>;
    pub type SqueezeNet96 = SqueezeNet<10, 96>;
    pub type SqueezeNet224 = SqueezeNet<10, 224>;
    pub type MobileNet96 = MobileNetV2<10, 96>;
    pub type MobileNet224 = MobileNetV2<10, 224>;
    pub type DenseNet96 = DenseNet121<10, 96>;
    pub type DenseNet224 = DenseNet121<10, 224>;

    const VGG11: [(usize, usize); 5] = [(1, 64), (1, 128), (2, 256), (2, 512), (2, 512)];
    const VGG16: [(usize, usize); 5] = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)];
    const VGG19: [(usize, usize); 5] = [(2, 64), (2, 128), (4, 256), (4, 512), (4, 512)];
);

fn main() -> ExitCode {
    finish(run(&Options::parse()))
}

fn run(options: &Options) -> Result<(), cnn::Error> {
    use_threads(options.threads)?;
    let default = if options.net == Net::Lenet { Size::Lenet } else { Size::Small };
    let size = options.resize.unwrap_or(default);
    match (options.net, size) {
        (Net::Lenet, Size::Lenet) => train::<LeNet>(options),
        (Net::Alexnet, Size::Small) => train::<AlexNet96>(options),
        (Net::Alexnet, Size::Paper) => train::<AlexNet224>(options),
        (Net::Vgg11, Size::Small) => train::<Vgg96>(options),
        (Net::Vgg11, Size::Paper) => train::<Vgg224>(options),
        (Net::Vgg11Quarter, Size::Small) => train::<VggQuarter96>(options),
        (Net::Vgg11Quarter, Size::Paper) => train::<VggQuarter224>(options),
        (Net::Vgg16, Size::Small) => train::<Vgg16At96>(options),
        (Net::Vgg16, Size::Paper) => train::<Vgg16At224>(options),
        (Net::Vgg19, Size::Small) => train::<Vgg19At96>(options),
        (Net::Vgg19, Size::Paper) => train::<Vgg19At224>(options),
        (Net::Nin, Size::Small) => train::<NiN96>(options),
        (Net::Nin, Size::Paper) => train::<NiN224>(options),
        (Net::Googlenet, Size::Small) => train::<GoogLeNet>(options),
        (Net::Googlenet, Size::Paper) => train::<GoogLeNet224>(options),
        (Net::Resnet18, Size::Small) => train::<ResNet96>(options),
        (Net::Resnet18, Size::Paper) => train::<ResNet224>(options),
        (Net::Squeezenet, Size::Small) => train::<SqueezeNet96>(options),
        (Net::Squeezenet, Size::Paper) => train::<SqueezeNet224>(options),
        (Net::Mobilenetv2, Size::Small) => train::<MobileNet96>(options),
        (Net::Mobilenetv2, Size::Paper) => train::<MobileNet224>(options),
        (Net::Densenet121, Size::Small) => train::<DenseNet96>(options),
        (Net::Densenet121, Size::Paper) => train::<DenseNet224>(options),
        (Net::Lenet, _) => Err(std::io::Error::other("lenet takes images of 28x28: --resize 28").into()),
        (_, Size::Lenet) => Err(std::io::Error::other("28x28 is for lenet: --resize 96 or 224").into()),
    }
}

/// The first items of a source.
#[derive(Clone)]
struct First {
    source: Arc<dyn Source>,
    len: usize,
    /// Of the classes.
    names: Vec<String>,
}

impl Source for First {
    fn len(&self) -> usize {
        self.len.min(self.source.len())
    }
    fn get(&self, index: usize) -> Result<(Picture, usize), cnn::data::Error> {
        self.source.get(index)
    }
    fn name(&self, index: usize) -> String {
        self.source.name(index)
    }
}

/// The images to learn from and those to test with.
fn sources(options: &Options) -> Result<[First; 2], cnn::Error> {
    let folders = ["train", "test"].map(|name| options.data.join(name));
    let (sources, names): ([Arc<dyn Source>; 2], _) = if folders.iter().all(|folder| folder.is_dir()) {
        let [train, test] = folders.map(ImageFolder::open);
        let train = train?;
        let names = train.classes().to_vec();
        ([Arc::new(train), Arc::new(test?)], names)
    } else {
        let (train, test) = fashion_mnist::load(&options.data)?;
        ([Arc::new(train), Arc::new(test)], fashion_mnist::CLASSES.map(str::to_owned).into())
    };
    let len = options.limit.unwrap_or(usize::MAX);
    Ok(sources.map(|source| First { source, len, names: names.clone() }))
}

/// What makes any picture an image that the network takes.
fn transform<N: Network>(augment: bool) -> Transform {
    let [channels, height, width] = *N::Input::SHAPE else { unreachable!("all networks here take images") };
    let mut transform = Transform::new().resize(height, width);
    if augment {
        transform = transform.random_horizontal_flip(0.5).random_crop(height, width, height / 8);
    }
    if channels == 3 { transform.rgb() } else { transform.grayscale() }
}

fn train<N: Network<Output = Vector<10>>>(options: &Options) -> Result<(), cnn::Error> {
    let [train, test] = sources(options)?;
    println!("{}", N::summary());
    println!("{} images to learn from, {} to test with\n", train.len(), test.len());
    let mut net = N::new(options.seed);
    net.initialize(options.init.into(), options.seed);
    if let Some(path) = &options.load {
        net.load(path)?;
    }
    let data = Data::new::<N>(train, test, options);
    let (lr, decay) = (options.learning_rate(), options.weight_decay);
    let history = match options.optimizer {
        Choice::Sgd => data.train(&mut net, Sgd::new(lr).momentum(0.9).weight_decay(decay), options)?,
        Choice::Adam => data.train(&mut net, Adam::new(lr).weight_decay(decay), options)?,
        Choice::Adamw => data.train(&mut net, AdamW::new(lr).weight_decay(decay), options)?,
    };
    let mut result = evaluate_loader(&net, &data.test)?;
    result.confusion = result.confusion.names(data.names.clone());
    println!("\n{}", result.confusion);
    println!("test accuracy {:.4}", result.accuracy);
    if let Some(path) = &options.save {
        net.save(path)?;
        println!("weights saved to {}", path.display());
    }
    if let Some(path) = &options.report {
        data.report(&net, &history, &result)?.save(path)?;
        println!("report saved to {}", path.display());
    }
    if let (true, Some(last)) = (options.json, history.epochs.last()) {
        let figures = Epoch {
            loss: last.training.loss.into(),
            accuracy: evaluate_loader(&net, &data.train)?.accuracy.into(),
            images_per_second: last.images_per_second.into(),
        };
        println!("{}", figures.json(N::NAME, last.epoch + 1, result.accuracy, N::PARAMETERS));
    }
    Ok(())
}

/// What there is to learn from and to test with.
struct Data<I> {
    loader: Loader<I>,
    /// The images of `loader`, in their order and as they are.
    train: Loader<I>,
    test: Loader<I>,
    /// Of the classes.
    names: Vec<String>,
}

/// Ends a run that knows enough of the training images, which stands in the cell after each epoch.
struct Until<'c> {
    enough: f32,
    known: &'c Cell<f32>,
}

impl Callback for Until<'_> {
    fn on_epoch(&mut self, _epoch: &EpochRecord) -> Result<Flow, cnn::Error> {
        Ok(if self.known.get() >= self.enough { Flow::Stop } else { Flow::Continue })
    }
}

impl<I: Sample> Data<I> {
    fn new<N: Network<Input = I>>(train: First, test: First, options: &Options) -> Self {
        let names = train.names.clone();
        let plain = |source| Loader::new(source, transform::<N>(false), options.batch);
        let varied = Loader::new(train.clone(), transform::<N>(options.augment), options.batch);
        Self { loader: varied.shuffled(options.seed), train: plain(train), test: plain(test), names }
    }

    /// Trains for all epochs, or until it should end.
    fn train<N: Network<Input = I, Output = Vector<10>>>(
        &self,
        net: &mut N,
        optimizer: impl Optimizer,
        options: &Options,
    ) -> Result<History, cnn::Error> {
        let groups = Groups::new().decay_weights_only();
        let mut trainer = Trainer::new(net, optimizer).seed(options.seed).groups(&groups)?;
        if let Some(norm) = options.clip {
            trainer = trainer.clip(Clip::Norm(norm));
        }
        let known = Cell::new(0.0);
        let mut fit = Fit::new(&mut trainer, &self.loader)
            .epochs(options.epochs)
            .accuracy()
            .validation(|net| {
                if options.until.is_some() {
                    known.set(evaluate_loader(net, &self.train)?.accuracy);
                }
                evaluate_loader(net, &self.test)
            })
            .callback(Progress::new());
        let (lr, steps) = (options.learning_rate(), options.epochs * self.loader.count() as u64);
        fit = match options.schedule {
            Rates::Constant => fit,
            Rates::Cosine => fit.schedule(CosineAnnealing::new(lr, steps)),
            Rates::OneCycle => fit.schedule(OneCycle::new(lr, steps)),
        };
        if let Some(enough) = options.until {
            fit = fit.callback(Until { enough, known: &known });
        }
        if let Some(patience) = options.patience {
            fit = fit.stop_early(EarlyStopping::new(patience));
        }
        if let Some(path) = &options.log {
            fit = fit.callback(JsonLines::append(path)?);
        }
        if options.report.is_some() {
            fit = fit.gradient_norms((steps / 200).max(1));
        }
        if let Some(path) = &options.checkpoint {
            fit = fit.checkpoint(path).callback(Interrupt::on_ctrl_c()?);
            if path.exists() {
                fit = fit.resume(path)?;
            }
        }
        fit.run()
    }

    fn report<N: Network<Input = I, Output = Vector<10>>>(
        &self,
        net: &N,
        history: &History,
        result: &Evaluation,
    ) -> Result<Page, cnn::Error> {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let answers = Answers::of(net, &self.test, 16)?;
        let mut page = report(N::NAME, history, Some(result));
        page.section("Some images and its answers").sheet(&Answers::sheet(&answers.first, &names));
        page.section("Its surest mistakes").sheet(&Answers::sheet(&answers.mistakes, &names));
        page.section("Layers").preformatted(&N::summary().to_string());
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_learns_a_few_images_by_heart() {
        let line = "train --limit 32 --batch 8 --epochs 200 --until 0.98 --lr 0.005 --init xavier --seed 1";
        let options = Options::parse_from(line.split(' '));
        let [train, test] = sources(&options).expect("the subset stands in the repository");
        let mut net = LeNet::new(1);
        net.initialize(options.init.into(), 1);
        let data = Data::new::<LeNet>(train, test, &options);
        let history = data.train(&mut net, Adam::new(0.005), &options).expect("fitting data");
        let accuracy = evaluate_loader(&net, &data.train).expect("fitting data").accuracy;
        assert!(
            history.epochs.len() < 200 && accuracy >= 0.98,
            "{accuracy} after {:?}",
            history.epochs.last()
        );
    }

    #[test]
    fn a_size_that_does_not_fit_is_an_error() {
        let options = Options::parse_from(["train", "--net", "lenet", "--resize", "96"]);
        assert!(run(&options).expect_err("lenet is for 28x28").to_string().contains("--resize 28"));
    }
}
