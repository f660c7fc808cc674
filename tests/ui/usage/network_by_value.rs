use cnn::prelude::*;

fn main() {
    let net = Net::new(1);
    let _ = Trainer::new(net, Sgd::new(0.1));
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        let conv1 = conv2d(6, kernel_size = 5);
        relu;
        flatten;
        let head = linear(10);
    }
);

//~ fix: let net => let mut net && Trainer::new(net, => Trainer::new(&mut net,
