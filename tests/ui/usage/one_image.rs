use cnn::prelude::*;

fn main() {
    let images: Vec<Image<1, 28, 28>> = Image::zeros(4);
    let _ = Net::new(1).forward(&images[0]);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        let conv1 = conv2d(6, kernel_size = 5);
        relu;
        flatten;
        let head = linear(10);
    }
);

//~ fix: &images[0] => &images[..1]
