use cnn::prelude::*;

struct Model;

fn main() {
    let mut model = Model;
    let _ = Trainer::new(&mut model, Sgd::new(0.1));
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        let conv1 = conv2d(6, kernel_size = 5);
        relu;
        flatten;
        let head = linear(10);
    }
);

//~ fix: &mut model => &mut Net::new(1) && let mut model => let _
