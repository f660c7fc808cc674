use cnn::prelude::*;

fn main() {
    let images: Vec<Image<1, 32, 32>> = Image::zeros(4);
    let _ = Net::new(1).forward(&images);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        let conv1 = conv2d(6, kernel_size = 5);
        relu;
        flatten;
        let head = linear(10);
    }
);

//~ fix: Image<1, 32, 32> => Image<1, 28, 28>
