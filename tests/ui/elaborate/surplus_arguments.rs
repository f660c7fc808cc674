fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        for _ in 0..2 {
            block(8, 3, true, 2);
        }
        flatten;
        linear(10)
    }

    fn block(channels: usize, kernel: usize) {
        conv2d(channels, kernel);
    }
);

//~ fix (remove this one): block(8, 3, true, 2) => block(8, 3)
