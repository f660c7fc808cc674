use cnn::prelude::*;

fn main() {
    let mut net = Net::new(1);
    let images: Vec<Image<1, 8, 8>> = Image::zeros(2);
    let mut trainer = Trainer::new(&mut net, Sgd::new(0.1)).loss((CrossEntropy, CrossEntropy));
    trainer.step(&images, &[(0_u8, Vector([0.0; 4])), (1, Vector([0.0; 4]))]).unwrap();
}

cnn::network!(
    pub fn Net(image: Image<1, 8, 8>) -> (Vector<10>, Vector<4>) {
        flatten;
        ({ linear(10) }, { linear(4) })
    }
);

//~ fix: (CrossEntropy, CrossEntropy) => (CrossEntropy, MeanSquaredError)
