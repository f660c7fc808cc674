use cnn::prelude::*;

fn main() {
    let net = Net::new(1);
    let data = Dataset::new(vec![Image([[[0.0; 32]; 32]])], vec![0]).unwrap();
    evaluate(&net, &data, 1).unwrap();
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        let conv1 = conv2d(6, kernel_size = 5);
        relu;
        flatten;
        let head = linear(10);
    }
);

//~ fix: [[0.0; 32]; 32] => [[0.0; 28]; 28]
