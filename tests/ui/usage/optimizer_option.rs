use cnn::prelude::*;

fn main() {
    let mut net = Net::new(1);
    let _ = Trainer::new(&mut net, Adam::new(0.1).momentum(0.9));
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        let conv1 = conv2d(6, kernel_size = 5);
        relu;
        flatten;
        let head = linear(10);
    }
);

//~ fix: .momentum(0.9) => .betas(0.9, 0.99)
