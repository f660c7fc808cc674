//! What a convolution extracts: hand-made kernels first, then those that a network has learned.
//!
//! `cargo run --release --example features --features visualize` trains a small network on the subset in `data/fashion-mnist` and
//! writes `features/index.html`, a page that needs nothing else.

mod hand_made;

use cnn::data::fashion_mnist::{self, CLASSES};
use cnn::prelude::*;
use cnn::visualize::{self, Colors, Occlusion, Page, Sheet, Tile};
use std::path::PathBuf;

type Grey = Image<1, 28, 28>;

cnn::network!(
    /// Two convolutions with max-pools, large enough to be seen and small enough to learn in seconds.
    pub fn Small(image: Image<1, 28, 28>) -> Vector<10> {
        let conv1 = conv2d(8, kernel_size = 5, padding = 2);
        relu;
        let pool1 = max_pool2d(2);
        let conv2 = conv2d(16, kernel_size = 3);
        let relu2 = relu;
        let pool2 = max_pool2d(2);
        flatten;
        linear(10)
    }
);

fn main() -> Result<(), cnn::Error> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "features".into()));
    std::fs::create_dir_all(&folder)?;
    let (train, test) = fashion_mnist::load(concat!(env!("CARGO_MANIFEST_DIR"), "/data/fashion-mnist"))?;
    let mut page = Page::new("What a convolution sees");
    let hand_made = hand_made::show(&mut page, &test.images()[..6])?;

    let mut net = Small::new(42);
    let mut trainer = Trainer::new(&mut net, Adam::new(0.003));
    let mut batches = Batches::new(&train, 64).shuffled(42);
    for epoch in 0..3 {
        let mut epoch = batches.epoch(epoch);
        while let Some((images, labels)) = epoch.next_batch() {
            trainer.step(images, labels)?;
        }
    }
    let accuracy = evaluate(&net, &test, 256)?.accuracy;
    let (image, class) = (&test.images()[0], usize::from(test.labels()[0]));
    page.section("A trained network")
        .text(&format!(
            "Three epochs on the subset: {:.1} % of the test images are recognised.",
            100.0 * accuracy
        ))
        .preformatted(&Small::summary().to_string());
    page.section("Its kernels")
        .text("The first convolution. Blue is positive, red negative: a kernel answers where the image looks like it.")
        .sheet(&visualize::kernels(&net, "conv1")?.columns(8));
    let activations = net.activations(image);
    let maps = page.section("Its feature maps");
    maps.text(&format!("What each layer makes of this image ({}).", CLASSES[class]))
        .sheet(&Sheet::new(vec![visualize::image_tile(image)]));
    for layer in ["conv1", "pool1", "conv2", "relu2", "pool2"] {
        maps.text(layer).sheet(&visualize::feature_maps(activations.get(layer)?).columns(8));
    }
    let strongest = visualize::strongest(&net, "relu2", test.images(), 8)?;
    let tiles = strongest.iter().flatten().map(|found| found.tile(test.images())).collect();
    page.section("What excites each channel")
        .text("A row for each channel of the second convolution: the parts of eight test images where its output is largest.")
        .sheet(&Sheet::new(tiles).columns(8));
    page.section("Which part decides")
        .text("Squares of 5×5 pixels are covered one after the other. Blue: without it the right class is less likely.")
        .sheet(&decisive(&net, &test)?);
    page.section("What a max-pool lets through")
        .text("The pixels of the first convolution's channels that its max-pool keeps, bright as they are.")
        .sheet(&kept(&visualize::switches(&net, "pool1", image)?));
    page.save(folder.join("index.html"))?;
    visualize::kernels(&net, "conv1")?.columns(8).save(folder.join("kernels.png"))?;
    hand_made.save(folder.join("hand_made.png"))?;
    println!("test accuracy {accuracy:.4}\nsee {}", folder.join("index.html").display());
    Ok(())
}

/// Images, each beside the squares that its class hangs on.
fn decisive(net: &Small, test: &Dataset<Grey>) -> Result<Sheet, cnn::Error> {
    let mut tiles = Vec::new();
    for (image, label) in test.images().iter().zip(test.labels()).take(4) {
        let class = usize::from(*label);
        tiles.push(visualize::image_tile(image).caption(CLASSES[class]));
        tiles.push(
            visualize::occlusion(net, image, class, Occlusion { stride: 1, ..Occlusion::default() })?.tile(),
        );
    }
    Ok(Sheet::new(tiles).columns(8))
}

/// For each channel of the first pool's input, the pixels that pass.
fn kept(switches: &[visualize::Switch]) -> Sheet {
    let mut planes = vec![[0.0; 28 * 28]; 8];
    for switch in switches {
        planes[switch.channel][switch.source[0] * 28 + switch.source[1]] = switch.value;
    }
    Sheet::new(planes.iter().map(|plane| Tile::plane(28, 28, plane, Colors::Heat)).collect()).columns(8)
}
