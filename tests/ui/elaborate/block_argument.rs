fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        block(3);
        block(3, true);
        flatten;
        linear(10)
    }

    fn block(channels: usize, kernel: usize) {
        conv2d(channels, kernel);
    }
);

//~ fix (write block(channels, kernel)): block(3); => block(3, 1);
//~ fix (a value such as `1`): block(3, true) => block(3, 1)
