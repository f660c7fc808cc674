use cnn::prelude::*;

fn main() {
    let mut net = Net::new(1);
    let images: Vec<Image<1, 28, 28>> = Image::zeros(4);
    let mut trainer = Trainer::new(&mut net, Sgd::new(0.1)).loss(Sgd::new(0.1));
    trainer.step(&images, &[0_u8, 1, 2, 3]).unwrap();
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        let conv1 = conv2d(6, kernel_size = 5);
        relu;
        flatten;
        let head = linear(10);
    }
);

//~ fix: .loss(Sgd::new(0.1)) => .loss(CrossEntropy)
