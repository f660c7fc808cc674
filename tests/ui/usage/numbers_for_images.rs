use cnn::prelude::*;

fn main() {
    let numbers = vec![0.0_f32; 28 * 28];
    let _ = Net::new(1).forward(&numbers);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        let conv1 = conv2d(6, kernel_size = 5);
        relu;
        flatten;
        let head = linear(10);
    }
);

//~ fix: forward(&numbers) => forward(Image::from_numbers(&numbers).unwrap())
