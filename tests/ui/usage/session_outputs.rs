use cnn::prelude::*;

fn main() {
    let net = Net::new(1);
    let images: Vec<Image<1, 28, 28>> = Image::zeros(4);
    let mut logits: Vec<Vector<12>> = Vector::zeros(4);
    net.session(4).forward(&images, &mut logits).unwrap();
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        let conv1 = conv2d(6, kernel_size = 5);
        relu;
        flatten;
        let head = linear(10);
    }
);

//~ fix: Vec<Vector<12>> => Vec<Vector<10>>
